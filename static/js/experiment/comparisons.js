// @ts-check
// What can be compared with the run of now, and why something cannot. Pure.

import { conflict } from './contradictions.js';
import { readAspect, withDifference } from './set_up.js';
import { keepsWidth } from './spec_properties.js';

/** @typedef {import('./set_up.js').SetUp} SetUp */
/** @typedef {import('./set_up.js').Difference} Difference */
/** @typedef {import('./spec_properties.js').Choices} Choices */
/** @typedef {Record<string, import('../core/schema.js').Field>} Fields */
/** @typedef {import('./contradictions.js').Reason} Reason */

const DROPOUT = 0.2; // what a run has beside one without
const L2 = 0.01;
const BUG = 'forgotten_slope'; // beside a run without; the best known mistake, and one of any network that is not linear

/** Of each comparison the runs beside the one of now. @type {Record<string, (setUp: SetUp, fields: Fields, choices: Choices) => Difference[]>} */
const OTHERS = {
  optimizers: ({ spec }, fields, choices) => fields.optimizer.options
    .filter((name) => name !== spec.optimizer && !choices.without_gradient.includes(name)).map((value) => ({ aspect: 'optimizer', value })),
  reward: ({ spec }) => [{ aspect: 'optimizer', value: spec.optimizer === 'evolution' ? 'sgd' : 'evolution' }],
  batch_norm: (setUp) => [{ aspect: 'batch_norm', value: !readAspect(setUp, 'batch_norm') }],
  residual: (setUp) => [{ aspect: 'residual', value: !readAspect(setUp, 'residual') }],
  dropout: (setUp) => [{ aspect: 'dropout', value: readAspect(setUp, 'dropout') ? 0 : DROPOUT }],
  l2: (setUp) => [{ aspect: 'l2', value: readAspect(setUp, 'l2') ? 0 : L2 }],
  bug: ({ bug }) => [{ aspect: 'bug', value: bug ? null : BUG }],
  engine: ({ engine }, _fields, choices) => choices.engines.filter((name) => name !== engine).map((value) => ({ aspect: 'engine', value })),
};
export const COMPARISONS = Object.keys(OTHERS);

/** @param {string} comparison @param {SetUp} setUp @param {Fields} fields @param {Choices} choices */
export const othersOf = (comparison, setUp, fields, choices) => OTHERS[comparison](setUp, fields, choices);

/** Why a run that differs so cannot be; null where it can. @param {SetUp} setUp @param {Difference} difference @param {Choices} choices @returns {Reason | null} */
export function differenceReason(setUp, difference, choices) {
  const { spec } = setUp;
  const { aspect, value } = difference;
  const inLayers = ['batch_norm', 'residual', 'dropout'].includes(aspect);
  if (inLayers && !spec.hidden.length) return { key: 'reason.no_hidden' };
  if (aspect === 'residual' && value && !spec.hidden.some((_, i) => keepsWidth(spec, i, choices))) return { key: 'comparison.no_residual' };
  if (aspect === 'bug' && choices.without_gradient.includes(spec.optimizer)) return { key: 'comparison.no_gradient' };
  if (aspect === 'engine' && setUp.bug) return { key: 'engine.planted' };
  return conflict(withDifference(setUp, difference, choices).spec, choices);
}
