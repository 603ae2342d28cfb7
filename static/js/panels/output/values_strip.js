// @ts-check
// The strip under the plane: the values and probabilities under the pointer, or the legend.

import { markSvg } from '../../draw/plane/marks.js';
import { fixed } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';
import { inFile, isScaled, pointInFile, shortName, toFile } from '../../experiment/own_file.js';

const SHOW_EVERY = 100; // milliseconds: digits that change faster cannot be read

/** @typedef {import('../../draw/plane/plane.js').Point} Point */
/** @typedef {import('../../core/predictions.js').Prediction} Prediction */
/** @typedef {import('../../experiment/output.js').Output} Output */

/** @typedef {{entries: HTMLElement[], step: number | null}} Contents  step: of the network that says the values */

/** @param {HTMLElement} root @param {() => Contents | null} readContents  null: leave it as it is */
export function createValuesStrip(root, readContents) {
  let shownAt = 0;
  let timer = 0;

  function show() {
    stop();
    const contents = readContents();
    if (!contents) return;
    shownAt = performance.now();
    root.replaceChildren(...contents.entries);
    root.dataset.step = String(contents.step ?? '');
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
 * @param {Prediction | null} prediction  null: not known yet @param {Output} output
 * @param {import('./place_prediction.js').Place & {point: Point | null, exact: number[] | null}} place  point: the one that lies there; exact: with all its decimals
 * @param {number} chosen  the output shown
 * @returns {HTMLElement[]}
 */
export function valuesAt(prediction, output, { x1, x2, point, exact, neuron }, chosen) {
  const { units } = output;
  const entries = [coordinate('x₁', x1, units.x1, exact?.[0]), coordinate('x₂', x2, units.x2, exact?.[1])];
  if (prediction) entries.push(...(neuron ? [neuronValue(prediction, output)] : outputValues(prediction, output, chosen, !point)));
  if (!point) return entries;
  const name = `${t('boundary.target')} `;
  if (output.classes > 2) return [...entries, entry(name, ''), marked(point[2], '')];
  const target = point[2 + (output.classes ? 0 : chosen)] ?? 0;
  if (!output.classes && isScaled(units.label)) return [...entries, both(name, target, units.label, exact?.[2])];
  return [...entries, entry(name, fixed(target, output.classes ? 0 : 2).replace('\u2007', '+'))];
}

/** @param {string} symbol @param {number} value @param {import('../../experiment/own_file.js').Unit} unit @param {number} [exact] */
const coordinate = (symbol, value, unit, exact) => (isScaled(unit) ? both(`${unit.name ? shortName(unit) : symbol} `, value, unit, exact) : entry(`${symbol} `, fixed(value, 2)));

/** A number as the file has it, and beside it what it is on the plane. @param {string} name @param {number} value @param {import('../../experiment/own_file.js').Unit} unit @param {number} [exact]  of a point */
function both(name, value, unit, exact) {
  const span = entry(name, exact === undefined ? inFile(value, unit) : pointInFile(exact, unit));
  const scaled = document.createElement('i');
  scaled.textContent = ` (${fixed(value, 2).trim()})`;
  span.append(scaled);
  return span;
}

/** @param {Prediction} prediction @param {Output} output */
const neuronValue = (prediction, output) => entry(`${t('boundary.neuron_value')} `, written(prediction.neuron?.[0], output));

/** @param {Prediction} prediction @param {Output} output @param {number} chosen @param {boolean} withProbability  of logits */
function outputValues({ outputs: [values], answers: [answers] }, output, chosen, withProbability) {
  if (output.classes > 2) {
    const winner = values.reduce((best, value, number) => ((value ?? -Infinity) > (values[best] ?? -Infinity) ? number : best), 0);
    return [marked(winner, `${Math.round((answers[winner] ?? 0) * 100)} %`)];
  }
  const value = !output.classes ? answers[chosen] : values.length === 2 ? difference(values[1], values[0]) : values[0];
  const { label } = output.units;
  const name = `${t('boundary.value')} `;
  const isValue = !output.classes && isScaled(label) && typeof value === 'number';
  const entries = [isValue ? both(name, value, label) : entry(name, written(value, output))];
  if (withProbability && output.logits) entries.push(entry(`${t('boundary.probability')} `, answers[1]?.toFixed(2) ?? '–'));
  return entries;
}

/** @param {number | null} a @param {number | null} b */
const difference = (a, b) => (a === null || b === null ? null : a - b);

/** @param {number | null | undefined} value  null: beyond all numbers @param {Output} output */
const written = (value, { unit }) => (typeof value === 'number' ? fixed(value, unit > 1 ? 2 : 3) : '–');

/**
 * What the marks mean.
 * @param {Output} output @param {boolean} withTest  whether test points are shown
 * @param {import('./only_sample.js').SamplePrediction | null} prediction  for the only sample there is
 * @returns {HTMLElement[]}
 */
export function legend(output, withTest, prediction) {
  const hollow = withTest ? [entry('', t('boundary.hollow'))] : [];
  if (!output.classes) return [entry('', t('boundary.filled')), ...hollow, ...(prediction ? [predicted(prediction, output.units)] : [])];
  const marks = output.names.map((name, number) => marked(number, name));
  return [...(output.classes === 2 ? marks.reverse() : marks), ...hollow];
}

/** @param {import('./only_sample.js').SamplePrediction} prediction @param {import('../../experiment/own_file.js').Units} units */
const predicted = ({ of: [x1, x2], value }, units) => entry(`(${plain(toFile(x1, units.x1))}, ${plain(toFile(x2, units.x2))}) → `, value === null ? '–' : fixed(toFile(value, units.label), 2));

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

