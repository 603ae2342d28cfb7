// @ts-check
// In what one run of a comparison may differ from another: a field of the Spec, an extra of its hidden layers, a planted
// bug, the engine. Pure.

import { keepsWidth } from './spec_properties.js';

/** @typedef {import('../wire/messages.js').Spec} Spec */
/** @typedef {import('../wire/messages.js').Choices} Choices */
/** @typedef {import('../core/state.js').SetUp} SetUp */
/** @typedef {import('../core/state.js').Difference} Difference */
/** @typedef {{read: (setUp: SetUp) => any, apply: (setUp: SetUp, value: any, choices: Choices) => SetUp}} Aspect */

/** In every hidden layer that can have it. @param {'batch_norm' | 'residual' | 'dropout'} extra @param {(spec: Spec, layer: number, choices: Choices) => boolean} [can] @returns {Aspect} */
const extraOf = (extra, can = () => true) => ({
  read: ({ spec }) => spec.hidden.reduce((/** @type {any} */ most, layer) => (layer[extra] > most ? layer[extra] : most), extra === 'dropout' ? 0 : false),
  apply: ({ spec, ...rest }, value, choices) => ({
    ...rest, spec: { ...spec, hidden: spec.hidden.map((layer, i) => (can(spec, i, choices) ? { ...layer, [extra]: value } : layer)) },
  }),
});

/** @type {Record<string, Aspect>} */
const ASPECTS = {
  batch_norm: extraOf('batch_norm'),
  residual: extraOf('residual', keepsWidth),
  dropout: extraOf('dropout'),
  bug: { read: ({ bug }) => bug, apply: (setUp, bug) => ({ ...setUp, bug }) },
  kept: { read: () => null, apply: (_, { spec, bug, engine }) => ({ spec, bug, engine }) }, // another experiment as a whole
  engine: { read: ({ engine }) => engine, apply: (setUp, engine) => ({ ...setUp, engine }) },
};

/** @param {SetUp} setUp @param {string} aspect */
export const readAspect = (setUp, aspect) => (ASPECTS[aspect] ? ASPECTS[aspect].read(setUp) : setUp.spec[aspect]);

/** The setup with one difference. @param {SetUp} setUp @param {Difference} difference @param {Choices} choices @returns {SetUp} */
export function withDifference(setUp, { aspect, value }, choices) {
  if (ASPECTS[aspect]) return ASPECTS[aspect].apply(setUp, value, choices);
  return { ...setUp, spec: /** @type {Spec} */ ({ ...setUp.spec, [aspect]: value }) };
}
