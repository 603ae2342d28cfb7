// @ts-check
// A loss landscape as a heat map with contours, the way the run has come, where it stands, and the next step. Pure.

import { cssColor, mix, parseColor } from '../base/palette.js';
import { strokePath } from '../base/stroke.js';
import { makeContour, traceContour } from './contour.js';

/** @typedef {import('../base/palette.js').Palette} Palette */
/** @typedef {{left: number, top: number, size: number}} Square  px */
/**
 * @typedef {object} Landscape
 * @property {number} side  points along an edge
 * @property {ArrayLike<number>} losses  row by row, the lowest y first
 * @property {[number, number]} x  of the first and of the last column
 * @property {[number, number]} y
 * @property {number[][]} path  [x, y] each, the last one now
 * @property {{path: number[][], color: string, dashes: number[]}[]} [others]  the ways other runs have come
 * @property {number[] | null} next  where the next step leads
 * @property {ArrayLike<number>} [together]  the losses of all maps that have the same colors, where there are several
 */

const LEVELS = 11;
const DEEP = { light: parseColor('#0b6f69'), dark: parseColor('#45d6c8') };
const SHORTEST = 26; // px of the arrow of a step; a shorter one is enlarged, and that is said

/** @type {Map<number, ReturnType<typeof makeContour>>} */
const contours = new Map();

/**
 * Losses as heights: their logarithm, so that valleys show; as they are where one is 0 or less.
 * @param {ArrayLike<number>} losses @param {ArrayLike<number>} together  those that have the same scale
 */
export function heightsOf(losses, together = losses) {
  const finite = Array.from(together).filter(Number.isFinite);
  const log = finite.every((loss) => loss > 0);
  const height = log ? Math.log : (/** @type {number} */ loss) => loss;
  const [low, high] = [Math.min(...finite), Math.max(...finite)].map(height);
  return { heights: Float32Array.from(losses, (loss) => (Number.isFinite(loss) ? height(loss) : high)), low, high };
}

/** Where a point of the plane is drawn. @param {Landscape} landscape @param {Square} square @param {number[]} point @returns {[number, number]} */
export function placeOfPoint({ side, x, y }, { left, top, size }, point) {
  const share = (/** @type {number} */ value, /** @type {[number, number]} */ [from, to]) => (((value - from) / (to - from)) * (side - 1) + 0.5) / side;
  return [left + share(point[0], x) * size, top + (1 - share(point[1], y)) * size];
}

/** Of the grid, that next to a place on the canvas; null beside the map. @param {Landscape} landscape @param {Square} square @param {number} px @param {number} py */
export function cellAt({ side, x, y }, { left, top, size }, px, py) {
  const [column, row] = [Math.floor(((px - left) / size) * side), Math.floor((1 - (py - top) / size) * side)];
  if (column < 0 || row < 0 || column >= side || row >= side) return null;
  const at = (/** @type {number} */ number, /** @type {[number, number]} */ [from, to]) => from + (number / (side - 1)) * (to - from);
  return { x: at(column, x), y: at(row, y), index: row * side + column };
}

/**
 * @param {CanvasRenderingContext2D} context @param {Square} square @param {Landscape} landscape @param {Palette} palette
 * @returns {number} how many times the arrow of the step is enlarged
 */
export function drawLandscape(context, square, landscape, palette) {
  const { side } = landscape;
  const { left, top, size } = square;
  const { heights, low, high } = heightsOf(landscape.losses, landscape.together);
  const flipped = new Float32Array(side * side);
  for (let row = 0; row < side; row++) flipped.set(heights.subarray(row * side, (row + 1) * side), (side - 1 - row) * side);
  context.save();
  context.beginPath();
  context.rect(left, top, size, size);
  context.clip();
  context.imageSmoothingEnabled = true;
  context.drawImage(heatMap(flipped, side, low, high, palette), left, top, size, size);
  drawContours(context, square, flipped, side, low, high, palette);
  const placed = (/** @type {number[][]} */ path) => path.map((point) => placeOfPoint(landscape, square, point));
  drawOtherPaths(context, (landscape.others ?? []).map(({ path, ...look }) => ({ places: placed(path), ...look })), palette);
  drawPath(context, placed(landscape.path), palette);
  const enlarged = drawStep(context, landscape, square, palette);
  context.restore();
  context.strokeStyle = palette.line;
  context.strokeRect(left, top, size, size);
  return enlarged;
}

/** @param {Float32Array} heights  the highest row first @param {number} side @param {number} low @param {number} high @param {Palette} palette */
function heatMap(heights, side, low, high, palette) {
  const canvas = new OffscreenCanvas(side, side);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const image = context.createImageData(side, side);
  const [best, worst] = [palette.dark ? DEEP.dark : DEEP.light, parseColor(palette.fill)];
  const range = high - low || 1;
  heights.forEach((height, i) => {
    const color = mix(best, worst, Math.max(0, (height - low) / range) ** 0.7);
    image.data.set([...color, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {Square} square @param {Float32Array} heights @param {number} side @param {number} low @param {number} high @param {Palette} palette */
function drawContours(context, { left, top, size }, heights, side, low, high, palette) {
  if (high <= low) return;
  if (!contours.has(side)) contours.set(side, makeContour(side));
  const contour = /** @type {ReturnType<typeof makeContour>} */ (contours.get(side));
  context.save();
  context.translate(left, top);
  context.beginPath();
  for (let level = 1; level < LEVELS; level++) traceContour(context, contour(heights, low + (level / LEVELS) * (high - low)), size);
  context.strokeStyle = cssColor(parseColor(palette.ink), 0.4);
  context.lineWidth = 0.8 * palette.link;
  context.stroke();
  context.restore();
}

/** Each with a dot where its run stands; through the gaps of a dashed one that below it is seen. @param {CanvasRenderingContext2D} context @param {{places: [number, number][], color: string, dashes: number[]}[]} paths @param {Palette} palette */
function drawOtherPaths(context, paths, palette) {
  for (const { places } of paths) strokePath(context, places, palette.panel, 4.5 * palette.link);
  for (const { places, color, dashes } of paths) strokePath(context, places, color, 2 * palette.link, dashes);
  for (const { places, color } of paths) dot(context, places[places.length - 1], 4 * palette.link, color, palette.panel, palette);
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} places @param {Palette} palette */
function drawPath(context, places, palette) {
  strokePath(context, places, palette.panel, 4.5 * palette.link);
  strokePath(context, places, palette.ink, 2 * palette.link);
  if (places.length < 2) return;
  dot(context, places[0], 3.5 * palette.link, palette.panel, palette.ink, palette);
}

/** The point of now, and the arrow. @param {CanvasRenderingContext2D} context @param {Landscape} landscape @param {Square} square @param {Palette} palette */
function drawStep(context, landscape, square, palette) {
  const from = placeOfPoint(landscape, square, [0, 0]);
  let enlarged = 1;
  if (landscape.next) {
    const to = placeOfPoint(landscape, square, landscape.next);
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length > 0) {
      enlarged = Math.max(1, SHORTEST / length);
      arrow(context, from, from.map((value, i) => value + (to[i] - value) * enlarged), palette);
    }
  }
  dot(context, from, 5 * palette.link, palette.ink, palette.panel, palette);
  return enlarged;
}

/** @param {CanvasRenderingContext2D} context @param {number[]} from @param {number[]} to @param {Palette} palette */
function arrow(context, [x0, y0], [x1, y1], palette) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  const head = 9 * palette.link;
  for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, 6], [palette.back, 3]])) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    for (const side of [-1, 1]) {
      context.moveTo(x1, y1);
      context.lineTo(x1 - head * Math.cos(angle + 0.5 * side), y1 - head * Math.sin(angle + 0.5 * side));
    }
    context.lineCap = 'round';
    context.strokeStyle = color;
    context.lineWidth = width * palette.link;
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context @param {number[]} place @param {number} radius @param {string} fill @param {string} edge @param {Palette} palette */
function dot(context, [x, y], radius, fill, edge, palette) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = edge;
  context.lineWidth = 2 * palette.link;
  context.stroke();
}
