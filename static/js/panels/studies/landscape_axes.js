// @ts-check
// The square of a landscape within its canvas, and the numbers and names at its edges.

import { placeOfPoint } from '../../draw/plane/landscape.js';
import { shortNumber } from '../../draw/base/numbers.js';

/** @typedef {import('../../draw/plane/landscape.js').Square} Square */

/**
 * As many as are wanted, with a title above each where there are several; side by side, or below one another where that is larger.
 * @param {number} width @param {number} height @param {number} small  px of the letters @param {number} count @returns {Square[]}
 */
export function squaresIn(width, height, small, count) {
  const [left, below, above] = [4.8 * small, 3.2 * small, (count > 1 ? 2 : 0.6) * small];
  const [columns, rows] = width > height ? [count, 1] : [1, count];
  const [wide, high] = [width / columns, height / rows];
  const size = Math.max(40, Math.min(wide - left - small, high - below - above));
  return Array.from({ length: count }, (_, i) => ({
    left: (i % columns) * wide + left + Math.max(0, (wide - left - small - size) / 2), top: Math.floor(i / columns) * high + above, size,
  }));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Square} square
 * @param {{side: number, x: [number, number], y: [number, number], middle: number[] | null}} landscape
 * @param {import('../../draw/base/palette.js').Palette} palette @param {[string, string]} names @param {string} title
 */
export function drawLandscapeAxes(context, square, { side, x, y, middle }, palette, names, title) {
  const { left, top, size } = square;
  const { small } = palette;
  const place = (/** @type {number[]} */ point) => placeOfPoint({ side, x, y, losses: [], path: [], next: null }, square, point);
  context.font = `${small}px ${palette.font}`;
  context.fillStyle = palette.soft;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText(title, left + size / 2, top - 0.4 * small);
  context.textBaseline = 'top';
  const marks = (/** @type {[number, number]} */ [from, to]) => (size > 14 * small ? [from, from / 2, 0, to / 2, to] : [from, 0, to]);
  for (const value of marks(x)) context.fillText(shortNumber(value + (middle?.[0] ?? 0)), place([value, 0])[0], top + size + 0.4 * small);
  context.fillText(names[0], left + size / 2, top + size + 1.8 * small, size + 5 * small);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of marks(y)) context.fillText(shortNumber(value + (middle?.[1] ?? 0)), left - 0.4 * small, place([0, value])[1]);
  context.save();
  context.translate(left - 4.2 * small, top + size / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'center';
  context.fillText(names[1], 0, 0, size + 2 * small); // of two maps below one another each has its own
  context.restore();
}
