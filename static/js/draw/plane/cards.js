// @ts-check
// The pictures on the cards of presets: what a network has learned, and the network's shape.

import { makeClassColors, makeColormap, paintClasses, paintValues } from '../base/colormap.js';
import { traceMark } from './marks.js';
import { cssColor } from '../base/palette.js';
import { classOf } from './plane.js';

const [DOT, LARGE_DOT] = [1.7, 4]; // px: of many points, and of a few
const FEW = 12;
const STRENGTH = 0.62; // of a map's colours, so that points are seen on it
const MOST_DRAWN = 6; // neurons of a column in the drawing of a shape
const FULL = 127;

/**
 * @typedef {object} Picture
 * @property {'map' | 'classes' | 'curve' | 'tiles'} kind
 * @property {number} side  cells
 * @property {number[]} values  map: −127 … 127, row 0 at the top
 * @property {number[]} winners  classes: the class of each cell
 * @property {number[]} sure  classes: confidence in each cell, 0 … 127
 * @property {number} low @property {number} high  the part of the plane, both ways
 * @property {[number, number, number][]} points
 * @property {number} classes  0 where the third number of a point is a value
 * @property {(number | null)[]} losses  curve, at even distances
 * @property {number[][]} tiles
 */

/**
 * @param {CanvasRenderingContext2D} context  in CSS pixels
 * @param {number} size px
 * @param {Picture} picture
 * @param {import('../base/palette.js').Palette} palette
 */
export function paintCard(context, size, picture, palette) {
  context.fillStyle = palette.fill;
  context.fillRect(0, 0, size, size);
  if (picture.kind === 'curve') return paintCurve(context, size, picture.losses, palette);
  if (picture.kind === 'tiles') return paintTiles(context, size, picture, palette);
  paintPixels(context, size, picture.side, picture.kind === 'map' ? mapPixels(picture, palette) : classPixels(picture, palette));
  paintDots(context, size, picture, palette);
}

/** @param {Picture} picture @param {import('../base/palette.js').Palette} palette */
function mapPixels({ values, side }, palette) {
  const pixels = new Uint32Array(side * side);
  paintValues(values, makeColormap(palette, STRENGTH), pixels, FULL);
  return pixels;
}

/** @param {Picture} picture @param {import('../base/palette.js').Palette} palette */
function classPixels({ winners, sure, side }, palette) {
  const pixels = new Uint32Array(side * side);
  paintClasses(winners, sure.map((share) => 2 * share), makeClassColors(palette, STRENGTH, false), pixels);
  return pixels;
}

/** @param {CanvasRenderingContext2D} context @param {number} size @param {number} side @param {Uint32Array} pixels */
function paintPixels(context, size, side, pixels) {
  const small = new OffscreenCanvas(side, side);
  const into = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext('2d'));
  into.putImageData(new ImageData(new Uint8ClampedArray(/** @type {ArrayBuffer} */ (pixels.buffer)), side, side), 0, 0);
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, 0, 0, size, size);
}

/** @param {CanvasRenderingContext2D} context @param {number} size @param {Picture} picture @param {import('../base/palette.js').Palette} palette */
function paintDots(context, size, { points, low, high, classes }, palette) {
  const radius = points.length > FEW ? DOT : LARGE_DOT;
  const place = (/** @type {number} */ value) => ((value - low) / (high - low)) * size;
  context.strokeStyle = palette.panel;
  context.lineWidth = 0.8;
  for (const [x1, x2, target] of classes ? points : []) {
    const number = classOf(target, classes);
    context.beginPath();
    traceMark(context, number, place(x1), size - place(x2), radius);
    context.fillStyle = cssColor(palette.classes[number]);
    context.stroke();
    context.fill();
  }
}

/** The logarithm of the losses. @param {CanvasRenderingContext2D} context @param {number} size @param {(number | null)[]} losses @param {import('../base/palette.js').Palette} palette */
function paintCurve(context, size, losses, palette) {
  const heights = losses.map((loss) => Math.log10(Math.max(loss ?? 1e-12, 1e-12)));
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const margin = size * 0.12;
  const inner = size - 2 * margin;
  context.beginPath();
  heights.forEach((height, i) => {
    const x = margin + (inner * i) / Math.max(1, heights.length - 1);
    const y = margin + inner * (1 - (height - low) / (high - low || 1));
    context.lineTo(x, y);
  });
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.8;
  context.lineJoin = 'round';
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} size @param {Picture} picture @param {import('../base/palette.js').Palette} palette */
function paintTiles(context, size, { tiles, side }, palette) {
  const columns = Math.ceil(Math.sqrt(tiles.length));
  const pitch = size / columns;
  const colormap = makeColormap(palette, 1);
  tiles.forEach((tile, i) => {
    const pixels = new Uint32Array(side * side);
    paintValues(tile, colormap, pixels, FULL);
    context.save();
    context.translate((i % columns) * pitch + 1, Math.floor(i / columns) * pitch + 1);
    paintPixels(context, pitch - 2, side, pixels);
    context.restore();
  });
}

/**
 * The shape of a network: a column of dots for each layer, a column of many as a bar, joined by lines.
 * @param {number[]} sizes  inputs, hidden…, outputs
 * @param {number} width px @param {number} height px
 * @returns {string} the inside of an SVG
 */
export function shapeDrawing(sizes, width, height) {
  const pitch = width / sizes.length;
  const columns = sizes.map((count, column) => {
    const drawn = Math.min(count, MOST_DRAWN);
    const gap = Math.min(height / MOST_DRAWN, height / drawn);
    return Array.from({ length: drawn }, (_, i) => [pitch * (column + 0.5), height / 2 + (i - (drawn - 1) / 2) * gap]);
  });
  const lines = columns.slice(1).flatMap((column, i) =>
    columns[i].flatMap(([x1, y1]) => column.map(([x2, y2]) => `M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`)));
  const dots = columns.flat().map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="1.6"/>`);
  return `<path d="${lines.join('')}"/>${dots.join('')}`;
}
