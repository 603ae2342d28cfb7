// @ts-check
// A map of cells: one color for each, from a ramp that is a loss's own; what has diverged is hatched, and a line runs where
// values cross a level.

import { cssColor, mix, parseColor } from '../base/palette.js';

/** @typedef {import('../base/palette.js').Palette} Palette */
/** @typedef {import('../base/palette.js').RGB} RGB */
/** @typedef {{left: number, top: number, width: number, height: number}} Box  px */
/**
 * @typedef {object} CellMap
 * @property {number} columns @property {number} rows  row 0 is the lowest
 * @property {(x: number, y: number) => number | 'diverged' | 'none' | undefined} shade  0: the best … 1; none: a run without this number; undefined: nothing known
 * @property {(x: number, y: number) => boolean | null} above  whether the value is above the level; null: it has none
 */

const DEEP = { light: parseColor('#0b6f69'), dark: parseColor('#45d6c8') };

/** The colors of the ramp: its ends, the best first. @param {Palette} palette @returns {[RGB, RGB]} */
export const rampEnds = (palette) => [palette.dark ? DEEP.dark : DEEP.light, parseColor(palette.fill)];

/** @param {Palette} palette @param {number} share 0 … 1 */
export function rampColor(palette, share) {
  const [best, worst] = rampEnds(palette);
  return mix(best, worst, share ** 0.8);
}

/** The left and top edge of a cell, in whole px, so that no seams show. @param {Box} box @param {CellMap} map @param {number} x @param {number} y */
export function cellBox({ left, top, width, height }, { columns, rows }, x, y) {
  const [x0, x1] = [x, x + 1].map((place) => Math.round(left + (place / columns) * width));
  const [y0, y1] = [rows - 1 - y, rows - y].map((place) => Math.round(top + (place / rows) * height));
  return { left: x0, top: y0, width: x1 - x0, height: y1 - y0 };
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {CellMap} map @param {Palette} palette */
export function drawCellMap(context, box, map, palette) {
  const hatched = new Path2D();
  context.fillStyle = palette.fill;
  context.fillRect(box.left, box.top, box.width, box.height);
  for (let y = 0; y < map.rows; y++) {
    for (let x = 0; x < map.columns; x++) {
      const shade = map.shade(x, y);
      if (shade === undefined) continue;
      const cell = cellBox(box, map, x, y);
      if (typeof shade === 'number') context.fillStyle = cssColor(rampColor(palette, shade));
      else context.fillStyle = palette.dark ? '#0b0f14' : '#fff';
      context.fillRect(cell.left, cell.top, cell.width, cell.height);
      if (shade === 'diverged') hatched.rect(cell.left, cell.top, cell.width, cell.height);
    }
  }
  hatch(context, box, hatched, palette);
  drawLevel(context, box, map, palette);
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {Path2D} where @param {Palette} palette */
function hatch(context, { left, top, width, height }, where, palette) {
  context.save();
  context.clip(where);
  context.beginPath();
  for (let start = left - height; start < left + width; start += 6) {
    context.moveTo(start, top + height);
    context.lineTo(start + height, top);
  }
  context.strokeStyle = palette.soft;
  context.lineWidth = 0.8 * palette.link;
  context.stroke();
  context.restore();
}

/** Along the edges between cells on either side of the level. @param {CanvasRenderingContext2D} context @param {Box} box @param {CellMap} map @param {Palette} palette */
function drawLevel(context, box, map, palette) {
  context.beginPath();
  for (let y = 0; y < map.rows; y++) {
    for (let x = 0; x < map.columns; x++) {
      const own = map.above(x, y);
      if (own === null) continue;
      const cell = cellBox(box, map, x, y);
      const right = x + 1 < map.columns ? map.above(x + 1, y) : null;
      if (right !== null && right !== own) {
        context.moveTo(cell.left + cell.width, cell.top);
        context.lineTo(cell.left + cell.width, cell.top + cell.height);
      }
      const higher = y + 1 < map.rows ? map.above(x, y + 1) : null;
      if (higher !== null && higher !== own) {
        context.moveTo(cell.left, cell.top);
        context.lineTo(cell.left + cell.width, cell.top);
      }
    }
  }
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.6 * palette.link;
  context.lineCap = 'round';
  context.stroke();
}

/** At most so many values of an axis that a person can read, with their places. @param {number[]} values @param {number} count @returns {{place: number, value: number}[]} */
export function axisMarks(values, count) {
  const log = values[0] > 0 && values[values.length - 1] / values[0] >= 20;
  const wanted = log ? decades(values[0], values[values.length - 1], count) : null;
  if (!wanted || wanted.length < 2) {
    const step = Math.max(1, Math.ceil((values.length - 1) / Math.max(1, count - 1)));
    return values.flatMap((value, place) => (place % step ? [] : [{ place, value }]));
  }
  return wanted.map((value) => ({ value, place: placeOf(values, value) ?? 0 }));
}

/** @param {number} low @param {number} high @param {number} count */
function decades(low, high, count) {
  const found = [];
  const sparse = Math.log10(high / low) >= count - 1;
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of sparse || 2 * Math.log10(high / low) > count ? [1] : [1, 3]) {
      const value = Number(`${digit}e${power}`);
      if (value >= low * 0.999 && value <= high * 1.001) found.push(value);
    }
  }
  return found;
}

/** Between which cells a value lies, as a real number of them; null beyond the ends. @param {number[]} values  rising @param {number} value @returns {number | null} */
export function placeOf(values, value) {
  const last = values.length - 1;
  const log = values[0] > 0 && Math.abs(values[1] / values[0] - values[last] / values[last - 1]) < 0.05 * (values[1] / values[0] - 1);
  if (!(value >= values[0] * (values[0] > 0 ? 0.999 : 1.001) - 1e-12 && value <= values[last] * 1.001 + 1e-12)) return null;
  for (let place = 0; place < last; place++) {
    const [from, to] = [values[place], values[place + 1]];
    if (value <= to || place === last - 1) {
      return place + (log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from));
    }
  }
  return last;
}
