// @ts-check
// The live maps of many small squares: one sheet of pixels for all of them, filled at once, cut up while painting.

import { paintValues } from '../base/colormap.js';

const MARGIN = 2; // rows above and below each map that repeat its edge: scaling looks that far beyond what it is told to draw

/**
 * @typedef {object} Sheet
 * @property {HTMLCanvasElement} canvas  maps one under another
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

/** @param {Sheet} sheet @param {number} index @param {ArrayLike<number>} values @param {import('../base/colormap.js').Colormap} colormap @param {number} unit */
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
 * A map at twice its grain, smooth where linear interpolation shows its squares: coarse maps on large tiles.
 * @param {Float32Array} values side² @param {number} side
 * @param {Float32Array} rows  to work in, 2·side² @param {Float32Array} into 4·side²
 */
export function doubled(values, side, rows, into) {
  const twice = 2 * side;
  for (let y = 0; y < side; y++) stretch(values, y * side, 1, side, rows, y * twice, 1);
  for (let x = 0; x < twice; x++) stretch(rows, x, twice, side, into, x, twice);
  return into;
}

/**
 * A line of `count` values to twice as many; beyond its ends they go on as they are.
 * @param {Float32Array} from @param {number} start @param {number} step @param {number} count
 * @param {Float32Array} to @param {number} toStart @param {number} toStep
 */
function stretch(from, start, step, count, to, toStart, toStep) {
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

/** Where a map begins on the sheet. @param {Sheet} sheet @param {number} index */
function rowOf({ side }, index) {
  return index * (side + 2 * MARGIN) + MARGIN;
}

/** Fills the whole sheet with the colour of zero. @param {Sheet} sheet @param {import('../base/colormap.js').Colormap} colormap */
export function blankSheet(sheet, colormap) {
  sheet.pixels.fill(colormap[colormap.length >> 1]);
  commit(sheet);
}

/** Hands the pixels over to the canvas. @param {Sheet} sheet */
export function commit(sheet) {
  sheet.canvas.getContext('2d')?.putImageData(sheet.image, 0, 0);
}

/** @param {CanvasRenderingContext2D} context @param {Sheet} sheet @param {number} index @param {number} x @param {number} y @param {number} size */
export function drawMap(context, sheet, index, x, y, size) {
  context.drawImage(sheet.canvas, 0, rowOf(sheet, index), sheet.side, sheet.side, x, y, size, size);
}

/**
 * The rounded outlines of tiles, as one path: to clip to and to stroke.
 * @param {Iterable<[number, number]>} corners @param {number} size @param {number} radius
 */
export function outlines(corners, size, radius) {
  const path = new Path2D();
  for (const [x, y] of corners) path.roundRect(x, y, size, size, radius);
  return path;
}
