// @ts-check
// The plane of the data: coordinates on a square picture, painting points, a map at a higher resolution.

import { colorOf } from '../base/colormap.js';
import { traceMark } from './marks.js';
import { cssColor } from '../base/palette.js';

/** @typedef {{low: number, high: number}} Extent  the part of the plane that is drawn, both ways */
/** @typedef {[number, number, ...number[]]} Point  x1, x2, target or targets: ±1 for two classes, the number of its class for more, else values */
/**
 * @typedef {object} PlaneHandlers  what pointer and keys do on it
 * @property {() => boolean} isActive  otherwise nothing is taken
 * @property {(place: [number, number], button: number) => void} down  x1, x2; 0: main button, 2: secondary
 * @property {(place: [number, number]) => void} drag
 * @property {() => void} up
 * @property {(event: KeyboardEvent) => void} key
 */

/** @type {Extent} */
export const WIDE = { low: -6, high: 6 };

/** @param {number} x1 @param {number} x2 @param {number} size px @param {Extent} [extent] @returns {[number, number]} px from the upper left corner */
export function toPixels(x1, x2, size, { low, high } = WIDE) {
  return [((x1 - low) / (high - low)) * size, ((high - x2) / (high - low)) * size];
}

/** @param {number} x @param {number} y @param {number} size @param {Extent} [extent] @returns {[number, number]} x1, x2 */
export function toPlane(x, y, size, { low, high } = WIDE) {
  return [(x / size) * (high - low) + low, high - (y / size) * (high - low)];
}

/** @param {Point} point @param {Extent} [extent] */
export function isOutside([x1, x2], { low, high } = WIDE) {
  return Math.min(x1, x2) < low || Math.max(x1, x2) > high;
}

/** Tick values at its edges: the ends and zero or, where the ends are halves, every integer. @param {Extent} extent */
export function ticksOf({ low, high }) {
  if (Number.isInteger(low) && Number.isInteger(high)) return [low, 0, high];
  return Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
}

/** The number of a point's class. @param {number} target @param {number} classes how many there are; 2: targets are ±1 */
export function classOf(target, classes) {
  return classes > 2 ? target : target > 0 ? 1 : 0;
}

/**
 * A map at `factor` times its resolution by bilinear interpolation between the centres of its cells.
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
 * Training points filled, test points hollow; a colour and a shape for each class; real-valued targets as colour
 * inside a dark ring; a point outside the picture as an arrow head at the edge, pointing to where it is.
 * @param {CanvasRenderingContext2D} context @param {Point[]} points
 * @param {object} how
 * @param {number} how.size px of the picture @param {number} how.radius px @param {boolean} how.hollow
 * @param {number} how.classes  0: targets are values
 * @param {number} [how.output]  which of the values is shown @param {number} [how.unit]  the value of full colour
 * @param {Extent} [how.extent]
 * @param {import('../base/palette.js').Palette} how.palette @param {import('../base/colormap.js').Colormap} how.colormap
 */
export function paintPoints(context, points, { size, radius, hollow, classes, output = 0, unit = 1, extent = WIDE, palette, colormap }) {
  const ring = Math.max(1.2, radius * 0.4);
  context.lineJoin = 'round';
  for (const point of points) {
    const [x1, x2, target] = point;
    const [x, y] = toPixels(x1, x2, size, extent);
    const number = classOf(target, classes);
    const own = classes ? cssColor(palette.classes[number]) : colorOf(colormap, point[2 + output] / unit);
    context.beginPath();
    if (isOutside(point, extent)) traceArrow(context, x, y, size, radius);
    else if (classes) traceMark(context, number, x, y, radius);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
    if (!classes) {
      context.strokeStyle = palette.ink;
      context.lineWidth = hollow ? ring + 1.4 : ring;
      context.stroke();
    }
    context.fillStyle = hollow ? palette.panel : own;
    context.fill();
    if (!classes && !hollow) continue;
    context.strokeStyle = hollow ? own : palette.panel;
    context.lineWidth = hollow ? ring : ring * 0.85;
    context.stroke();
  }
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
