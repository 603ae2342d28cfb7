// @ts-check
// The plane of the data, −6 … 6 both ways: places on a square picture, its points, its map at a finer grain.

import { colorOf } from './colormap.js';
import { cssColor } from './palette.js';

export const EDGE = 6;

/** @typedef {[number, number, number]} Point  x1, x2, target */

/** @param {number} x1 @param {number} x2 @param {number} size px @returns {[number, number]} px from the upper left corner */
export function toPixels(x1, x2, size) {
  return [((x1 + EDGE) / (2 * EDGE)) * size, ((EDGE - x2) / (2 * EDGE)) * size];
}

/** @param {number} x @param {number} y @param {number} size @returns {[number, number]} x1, x2 */
export function toPlane(x, y, size) {
  return [(x / size) * 2 * EDGE - EDGE, EDGE - (y / size) * 2 * EDGE];
}

/** @param {Point} point */
export function isOutside([x1, x2]) {
  return Math.abs(x1) > EDGE || Math.abs(x2) > EDGE;
}

/** The value of the cell a place lies in. @param {{side: number, values: ArrayLike<number>}} map @param {number} x1 @param {number} x2 */
export function valueAt({ side, values }, x1, x2) {
  const cell = (/** @type {number} */ share) => Math.min(side - 1, Math.max(0, Math.floor(share * side)));
  const [x, y] = toPixels(x1, x2, 1);
  return values[cell(y) * side + cell(x)];
}

/**
 * A map at `factor` times its grain, linear between the middles of its cells: two flat colours then meet in a clean line.
 * @param {ArrayLike<number>} values @param {number} side @param {number} factor @param {Float32Array} into (side·factor)²
 */
export function refine(values, side, factor, into) {
  const fine = side * factor;
  for (let row = 0; row < fine; row++) {
    const y = Math.min(side - 1, Math.max(0, (row + 0.5) / factor - 0.5));
    const [above, down] = [Math.floor(y), y - Math.floor(y)];
    const upper = above * side;
    const lower = Math.min(side - 1, above + 1) * side;
    for (let column = 0; column < fine; column++) {
      const x = Math.min(side - 1, Math.max(0, (column + 0.5) / factor - 0.5));
      const left = Math.floor(x);
      const right = Math.min(side - 1, left + 1);
      const over = x - left;
      const top = values[upper + left] + (values[upper + right] - values[upper + left]) * over;
      const bottom = values[lower + left] + (values[lower + right] - values[lower + left]) * over;
      into[row * fine + column] = top + (bottom - top) * down;
    }
  }
  return into;
}

/**
 * Training points filled, test points hollow; circle and triangle for the two classes; regression targets as colour
 * inside a dark ring; a point outside the picture as an arrow head at the edge, pointing to where it is.
 * @param {CanvasRenderingContext2D} context @param {Point[]} points
 * @param {object} how
 * @param {number} how.size px of the picture @param {number} how.radius px @param {boolean} how.hollow
 * @param {boolean} how.regression
 * @param {import('./palette.js').Palette} how.palette @param {import('./colormap.js').Colormap} how.colormap
 */
export function paintPoints(context, points, { size, radius, hollow, regression, palette, colormap }) {
  const ring = Math.max(1.2, radius * 0.4);
  context.lineJoin = 'round';
  for (const point of points) {
    const [x1, x2, target] = point;
    const [x, y] = toPixels(x1, x2, size);
    const own = regression ? colorOf(colormap, target) : cssColor(target > 0 ? palette.positive : palette.negative);
    context.beginPath();
    if (isOutside(point)) traceArrow(context, x, y, size, radius);
    else if (regression || target > 0) context.arc(x, y, radius, 0, 2 * Math.PI);
    else traceTriangle(context, x, y, radius);
    if (regression) {
      context.strokeStyle = palette.ink;
      context.lineWidth = hollow ? ring + 1.4 : ring;
      context.stroke();
    }
    context.fillStyle = hollow ? palette.panel : own;
    context.fill();
    if (regression && !hollow) continue;
    context.strokeStyle = hollow ? own : palette.panel;
    context.lineWidth = hollow ? ring : ring * 0.85;
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
export function traceTriangle(context, x, y, radius) {
  context.moveTo(x, y - radius * 1.25);
  context.lineTo(x + radius * 1.15, y + radius * 0.85);
  context.lineTo(x - radius * 1.15, y + radius * 0.85);
  context.closePath();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y where the point is @param {number} size @param {number} radius */
function traceArrow(context, x, y, size, radius) {
  const inset = radius * 1.6;
  const [tipX, tipY] = [Math.min(size - inset, Math.max(inset, x)), Math.min(size - inset, Math.max(inset, y))];
  const angle = Math.atan2(y - tipY, x - tipX);
  const corner = (/** @type {number} */ turn, /** @type {number} */ reach) =>
    /** @type {[number, number]} */ ([tipX + Math.cos(angle + turn) * reach, tipY + Math.sin(angle + turn) * reach]);
  context.moveTo(...corner(0, radius * 1.4));
  context.lineTo(...corner(2.3, radius * 1.3));
  context.lineTo(...corner(-2.3, radius * 1.3));
  context.closePath();
}
