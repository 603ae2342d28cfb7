// @ts-check
// The numbers and names at the edges of the plane; of points from a file in its own numbers, with the names of its columns.

import { ticksOf } from '../../draw/plane/plane.js';
import { fromFile, isScaled, shortName, toFile } from '../../experiment/own_file.js';

/** @typedef {import('../../draw/plane/plane.js').Extent} Extent */
/** @typedef {import('../../experiment/own_file.js').Unit} Unit */
/** @typedef {[text: string, at: number, title?: string]} Mark  at: share of the axis; title: of a name, whole */

const WANTED = 10; // numbers on an axis in the file's own, of which the first and the last are shown

/** @param {HTMLElement} root @param {Extent} extent @param {import('../../experiment/own_file.js').Units} units */
export function showAxisTicks(root, extent, units) {
  const [x1, x2] = [marksOf('x₁', units.x1, extent), marksOf('x₂', units.x2, extent)];
  const all = [...x1.map((mark) => makeTick('x1', mark)), ...x2.map(([text, at, title]) => makeTick('x2', [text, 1 - at, title]))];
  root.replaceChildren(...all);
  root.classList.toggle('of-file', isScaled(units.x1) || isScaled(units.x2));
}

/** @param {string} axis @param {Mark} mark */
function makeTick(axis, [text, at, title = '']) {
  const tick = document.createElement('span');
  tick.className = axis;
  tick.textContent = text;
  tick.title = title;
  tick.style.setProperty('--at', String(at));
  return tick;
}

/** @param {string} symbol @param {Unit} unit @param {Extent} extent @returns {Mark[]} */
function marksOf(symbol, unit, extent) {
  const { low, high } = extent;
  const share = (/** @type {number} */ place) => (place - low) / (high - low);
  const name = unit.name ? shortName(unit) : symbol;
  if (isScaled(unit)) {
    const ticks = roundNumbers(toFile(low, unit), toFile(high, unit));
    const ends = [ticks[0], ticks[ticks.length - 1]].map((tick) => /** @type {Mark} */ ([plain(tick), share(fromFile(tick, unit))]));
    return [ends[0], [name, 0.5, unit.name], ends[1]];
  }
  const marks = ticksOf(extent).map((tick) => /** @type {Mark} */ ([plain(tick), share(tick)]));
  return [...marks, [name, marks.some(([, at]) => at === 0.5) ? 0.75 : 0.5]]; // where the name finds room
}

/** Multiples of 1, 2 or 5 times a power of ten between two numbers. @param {number} low @param {number} high */
export function roundNumbers(low, high) {
  const rough = (high - low) / WANTED;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** @param {number} value */
function plain(value) {
  const size = Math.abs(value);
  const text = size && (size >= 1e7 || size < 1e-4) ? size.toExponential().replace('e+', 'e') : String(size);
  return `${value < 0 ? '−' : ''}${text}`;
}
