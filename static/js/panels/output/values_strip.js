// @ts-check
// The strip under the plane: the values and probabilities under the pointer, or the legend.

import { markSvg } from '../../draw/plane/marks.js';
import { fixed } from '../../draw/base/numbers.js';
import { cellAt } from '../../draw/plane/plane.js';
import { t } from '../../core/i18n.js';

const SHOW_EVERY = 100; // milliseconds: digits that change faster cannot be read

/** @typedef {import('../../draw/plane/plane.js').Point} Point */
/** @typedef {import('./heat_map.js').HeatMap} HeatMap */
/** @typedef {import('../../experiment/output.js').Output} Output */

/** @param {HTMLElement} root @param {() => HTMLElement[] | null} readEntries  null: leave it as it is */
export function createValuesStrip(root, readEntries) {
  let shownAt = 0;
  let timer = 0;

  function show() {
    stop();
    shownAt = performance.now();
    const entries = readEntries();
    if (entries) root.replaceChildren(...entries);
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
  }

  return {
    show,
    /** Shows the newest values, now or soon. */
    update() {
      const wait = shownAt + SHOW_EVERY - performance.now();
      if (wait <= 0) show();
      else timer ||= window.setTimeout(show, wait);
    },
    /** The next update need not wait. */
    skipWait() { shownAt = 0; },
    stop,
  };
}

/**
 * The values at a place of the plane.
 * @param {HeatMap} shown @param {Output} output
 * @param {{x1: number, x2: number, point: Point | null, neuron: boolean, chosen: number}} place  point: the one that lies there; neuron: its map is shown; chosen: the output shown
 * @returns {HTMLElement[]}
 */
export function valuesAt({ map, classes }, output, { x1, x2, point, neuron, chosen }) {
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
 * What the marks mean.
 * @param {Output} output @param {boolean} withTest  whether test points are shown
 * @param {import('./only_sample.js').SamplePrediction | null} prediction  for the only sample there is
 * @returns {HTMLElement[]}
 */
export function legend(output, withTest, prediction) {
  const hollow = withTest ? [entry('', t('boundary.hollow'))] : [];
  if (!output.classes) return [entry('', t('boundary.filled')), ...hollow, ...(prediction ? [predicted(prediction)] : [])];
  const marks = output.names.map((name, number) => marked(number, name));
  return [...(output.classes === 2 ? marks.reverse() : marks), ...hollow];
}

/** @param {import('./only_sample.js').SamplePrediction} prediction */
const predicted = ({ of: [x1, x2], value }) => entry(`(${plain(x1)}, ${plain(x2)}) → `, value === null ? '–' : fixed(value, 2));

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

