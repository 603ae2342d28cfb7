// @ts-check
// Heat maps of many tiles on one sheet of pixels: filled together, uploaded once, drawn tile by tile.

import { paintValues } from '../base/colormap.js';

const MARGIN = 2; // rows above and below each map that repeat its edge: the browser's scaling reads that far outside the source rectangle

/**
 * @typedef {object} Sheet
 * @property {HTMLCanvasElement} canvas  the maps in one column
 * @property {ImageData} image
 * @property {Uint32Array} pixels  of the image
 * @property {number} side  pixels of a map's edge
 * @property {number} count
 */

/** @param {number} side @param {number} count @returns {Sheet} */
export function makeSheet(side, count) {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = Math.max(1, (side + 2 * MARGIN) * count);
  const image = new ImageData(side, canvas.height);
  return { canvas, image, pixels: new Uint32Array(image.data.buffer), side, count };
}

/** @param {Sheet} sheet @param {number} index @param {ArrayLike<number>} values  side² @param {import('../base/colormap.js').Colormap} colormap @param {number} unit  the value of full colour */
export function fillMap(sheet, index, values, colormap, unit) {
  const { side, pixels } = sheet;
  const start = rowOf(sheet, index) * side;
  const end = start + side * side;
  paintValues(values, colormap, pixels.subarray(start, end), unit);
  for (let row = 1; row <= MARGIN; row++) {
    pixels.copyWithin(start - row * side, start, start + side);
    pixels.copyWithin(end + (row - 1) * side, end - side, end);
  }
}

const TAPS = [-0.0703125, 0.8671875, 0.2265625, -0.0234375]; // cubic convolution (Keys 1981) a quarter of the way to the next

/**
 * A map at twice its resolution by cubic convolution. Linear interpolation would show the cells of coarse maps on large tiles.
 * @param {Float32Array} values side² @param {number} side
 * @param {Float32Array} rows  working array, 2·side² @param {Float32Array} into 4·side²
 */
export function upsampleTwice(values, side, rows, into) {
  const twice = 2 * side;
  for (let y = 0; y < side; y++) upsampleLine(values, y * side, 1, side, rows, y * twice, 1);
  for (let x = 0; x < twice; x++) upsampleLine(rows, x, twice, side, into, x, twice);
  return into;
}

/**
 * A line of `count` values to twice as many; the values at its ends are repeated beyond them.
 * @param {Float32Array} from @param {number} start @param {number} step @param {number} count
 * @param {Float32Array} to @param {number} toStart @param {number} toStep
 */
function upsampleLine(from, start, step, count, to, toStart, toStep) {
  const [a, b, c, d] = TAPS;
  const last = start + (count - 1) * step;
  for (let i = 0; i < count; i++) {
    const at = start + i * step;
    const [before, after] = [Math.max(start, at - step), Math.min(last, at + step)];
    const [farBefore, farAfter] = [Math.max(start, at - 2 * step), Math.min(last, at + 2 * step)];
    to[toStart + 2 * i * toStep] = a * from[after] + b * from[at] + c * from[before] + d * from[farBefore];
    to[toStart + (2 * i + 1) * toStep] = a * from[before] + b * from[at] + c * from[after] + d * from[farAfter];
  }
}

/** The first row of a map on the sheet. @param {Sheet} sheet @param {number} index */
function rowOf({ side }, index) {
  return index * (side + 2 * MARGIN) + MARGIN;
}

/** Fills the sheet with the colour of zero. @param {Sheet} sheet @param {import('../base/colormap.js').Colormap} colormap */
export function blankSheet(sheet, colormap) {
  sheet.pixels.fill(colormap[colormap.length >> 1]);
  uploadSheet(sheet);
}

/** Copies the pixels to the canvas. @param {Sheet} sheet */
export function uploadSheet(sheet) {
  sheet.canvas.getContext('2d')?.putImageData(sheet.image, 0, 0);
}

/** @param {CanvasRenderingContext2D} context @param {Sheet} sheet @param {number} index @param {number} x @param {number} y @param {number} size */
export function drawMap(context, sheet, index, x, y, size) {
  context.drawImage(sheet.canvas, 0, rowOf(sheet, index), sheet.side, sheet.side, x, y, size, size);
}

/**
 * The rounded outlines of tiles as one path, to clip to and to stroke.
 * @param {Iterable<[number, number]>} corners @param {number} size @param {number} radius
 */
export function outlines(corners, size, radius) {
  const path = new Path2D();
  for (const [x, y] of corners) path.roundRect(x, y, size, size, radius);
  return path;
}
