// @ts-check
// Which rows the table of results has: all points where they are few, of sums some that training never sees. Pure.

import { PLAIN, exactPoint, shortName, unitsOf } from '../../experiment/own_file.js';
import { targetNumbers } from '../../experiment/output.js';

const MOST_ROWS = 20;
const SUMS = 8; // shown of those that are not trained on

/** @typedef {{inputs: number[], targets: (number | null)[]}} Row  targets: one for each output that is shown */
/** @typedef {import('../../experiment/own_file.js').Unit} Unit */
/** @typedef {{rows: Row[], inputs: string[], outputs: string[], units: Unit[], label: Unit, digits: number}} Results  inputs, outputs: names of the columns, '' where one needs none; units: of each input; label: the unit of outputs and targets; digits: after the point */

/** Null where there are too many rows to be read, or inputs to be typed. @param {import('../../core/store.js').Store} store @returns {Results | null} */
export function readResults(store) {
  const [state, points, samples] = [store.get('state'), store.get('points'), store.get('samples')];
  if (!state || store.get('draft')) return null;
  const { kind, classes, spec } = state;
  if (!kind.plane) return samples && samples.targets[0].length <= 4 && samples.inputs[0].length <= 10 && state.training_samples <= MOST_ROWS ? ofColumns(samples) : null;
  if (!points) return null;
  const sums = spec.dataset === 'arithmetic';
  const shown = sums ? points.test.slice(0, SUMS) : points.train;
  if (!shown.length || shown.length > MOST_ROWS) return null;
  const names = classes > 2 || state.outputs > 1 && classes ? targetNumbers(classes, 0) : null;
  const { x1: first, x2: second, label: value } = unitsOf(spec);
  return {
    inputs: [shortName(first) || 'x₁', shortName(second) || 'x₂'],
    outputs: sums ? ['x₁+x₂', 'x₁−x₂'] : names ?? [classes ? '' : shortName(value)],
    units: [first, second],
    label: classes ? PLAIN.label : value,
    digits: classes ? 3 : 2,
    rows: shown.map((point) => (spec.dataset.startsWith('own') ? exactPoint(point, spec) : point)).map(([x1, x2, ...label]) => ({ inputs: [x1, x2], targets: classes ? targetsOf(label[0], classes, names !== null, state.low_target) : label })),
  };
}

/** @param {import('../../wire/messages.js').Samples} samples @returns {Results} */
function ofColumns({ inputs, targets }) {
  const numbered = (/** @type {string} */ letter, /** @type {number} */ count) => Array.from({ length: count }, (_, i) => `${letter}${[...String(i + 1)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')}`);
  const outputs = targets[0].length > 1 ? numbered('o', targets[0].length) : [''];
  return { inputs: numbered('x', inputs[0].length), outputs, units: inputs[0].map(() => PLAIN.x1), label: PLAIN.label, digits: 4, rows: inputs.map((row, i) => ({ inputs: row, targets: targets[i] })) };
}

/** @param {number} label  ±1 of two classes, else a number @param {number} classes @param {boolean} each  whether each class has a column @param {number} lowTarget */
function targetsOf(label, classes, each, lowTarget) {
  const number = classes === 2 ? Number(label > 0) : label;
  if (each) return Array.from({ length: classes }, (_, i) => Number(i === number));
  return [number ? 1 : lowTarget];
}

/**
 * What the network says, as it is compared with the targets: of logits probabilities, of values plain numbers, else the output.
 * @param {import('../../core/predictions.js').Prediction} prediction @param {number} row
 * @param {import('../../wire/messages.js').RunState} state
 */
export function saidOf({ outputs, answers }, row, { classes, outputs: width, spec }) {
  if (!classes || (width > 1 && spec.loss === 'cross_entropy')) return answers[row];
  return spec.loss === 'bce' ? answers[row].slice(width === 1 ? 1 : 0) : outputs[row];
}
