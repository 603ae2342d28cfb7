// @ts-check
// The strip under the picture: what stands under the pointer, or what the marks mean.

import { markSvg } from '../../draw/plane/marks.js';
import { fixed } from '../../draw/base/numbers.js';
import { cellAt } from '../../draw/plane/plane.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('../../draw/plane/plane.js').Point} Point */
/** @typedef {import('./ground.js').Ground} Ground */
/** @typedef {import('../../experiment/output.js').Output} Output */

/**
 * @param {Ground} ground @param {Output} output
 * @param {{x1: number, x2: number, point: Point | null, neuron: boolean, chosen: number}} place  chosen: the output shown
 * @returns {HTMLElement[]}
 */
export function readPlace({ map, classes }, output, { x1, x2, point, neuron, chosen }) {
  const entries = [entry('x₁ ', fixed(x1, 2)), entry('x₂ ', fixed(x2, 2))];
  if (classes) {
    const cell = cellAt(classes.side, x1, x2, output.extent);
    entries.push(marked(classes.winners[cell], `${Math.round(classes.strength[cell] / 2.55)} %`));
  } else if (map) {
    const value = map.values[cellAt(map.side, x1, x2, output.extent)];
    entries.push(entry(`${t(neuron ? 'boundary.neuron_value' : 'boundary.value')} `, fixed(neuron || output.classes ? value : value * output.unit, output.unit > 1 ? 2 : 3)));
    if (!point && !neuron && output.logits) entries.push(entry(`${t('boundary.probability')} `, (1 / (1 + Math.exp(-value))).toFixed(2)));
  }
  if (!point) return entries;
  const name = `${t('boundary.target')} `;
  if (output.classes > 2) return [...entries, entry(name, ''), marked(point[2], '')];
  return [...entries, entry(name, fixed(point[2 + (output.classes ? 0 : chosen)] ?? 0, output.classes ? 0 : 2).replace('\u2007', '+'))];
}

/**
 * @param {Output} output @param {boolean} tests  whether test points are shown
 * @param {{of: Point, value: number | null} | null} answer  for the only point there is
 * @returns {HTMLElement[]}
 */
export function legend(output, tests, answer) {
  const hollow = tests ? [entry('', t('boundary.hollow'))] : [];
  const told = answer ? [entry(`(${plain(answer.of[0])}, ${plain(answer.of[1])}) → `, answer.value === null ? '–' : fixed(answer.value, 2))] : [];
  if (!output.classes) return [entry('', t('boundary.filled')), ...hollow, ...told];
  const marks = output.names.map((name, number) => marked(number, name));
  return [...(output.classes === 2 ? marks.reverse() : marks), ...hollow];
}

const plain = (/** @type {number} */ value) => String(Math.round(value * 100) / 100).replace('-', '−');

/** @param {number} number of the class @param {string} words */
function marked(number, words) {
  const span = entry('', words);
  span.insertAdjacentHTML('afterbegin', markSvg(number));
  return span;
}

/** @param {string} name @param {string} value */
function entry(name, value) {
  const span = document.createElement('span');
  const [mark, number] = [document.createElement('i'), document.createElement('b')];
  mark.textContent = name;
  number.textContent = value;
  span.append(mark, number);
  return span;
}

