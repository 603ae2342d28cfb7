// @ts-check
// The live maps of many small squares: one sheet of pixels for all of them, filled at once, cut up while painting.

import { paintValues } from './colormap.js';

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
  canvas.height = Math.max(1, side * count);
  const image = new ImageData(side, canvas.height);
  return { canvas, image, pixels: new Uint32Array(image.data.buffer), side, count };
}

/** @param {Sheet} sheet @param {number} index @param {ArrayLike<number>} values @param {import('./colormap.js').Colormap} colormap @param {number} unit */
export function fillMap(sheet, index, values, colormap, unit) {
  const area = sheet.side * sheet.side;
  paintValues(values, colormap, sheet.pixels.subarray(index * area, (index + 1) * area), unit);
}

/** Fills the whole sheet with the colour of zero. @param {Sheet} sheet @param {import('./colormap.js').Colormap} colormap */
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
  context.drawImage(sheet.canvas, 0, index * sheet.side, sheet.side, sheet.side, x, y, size, size);
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
