// @ts-check
// Studies: which knobs there are, within which ranges they are first looked at, and the Spec of one run of a sweep. Pure.

import { idleReason } from './compatibility.js';

/** @typedef {import('../wire/messages.js').Spec} Spec */
/** @typedef {{low: number, high: number, log: boolean}} Range */

/**
 * The range that is offered first. Order: that of the choice.
 * @type {Record<string, Range>}
 */
export const KNOBS = {
  learning_rate: { low: 0.001, high: 10, log: true },
  batch_size: { low: 1, high: 100, log: true },
  init_std: { low: 0.05, high: 6, log: true },
  width: { low: 1, high: 24, log: false },
  depth: { low: 1, high: 8, log: false },
  seed: { low: 1, high: 50, log: false },
  noise: { low: 0, high: 50, log: false },
  samples: { low: 20, high: 1000, log: true },
  train_fraction: { low: 0.1, high: 0.9, log: false },
  momentum: { low: 0, high: 0.99, log: false },
  dampening: { low: 0, high: 1, log: false },
  muon_momentum: { low: 0, high: 0.99, log: false },
  alpha: { low: 0, high: 0.9999, log: false },
  rate_decay: { low: 0, high: 1, log: false },
  beta1: { low: 0, high: 0.99, log: false },
  beta2: { low: 0.5, high: 0.9999, log: false },
  epsilon: { low: 1e-10, high: 1, log: true },
  sigma: { low: 0.001, high: 1, log: true },
  weight_decay: { low: 0.0001, high: 10, log: true },
  l1: { low: 0.0001, high: 1, log: true },
  l2: { low: 0.0001, high: 1, log: true },
  clip_limit: { low: 0.001, high: 100, log: true },
  schedule_factor: { low: 0, high: 1, log: false },
  schedule_steps: { low: 10, high: 10000, log: true },
  warmup_steps: { low: 0, high: 2000, log: false },
  init_constant: { low: -2, high: 2, log: false },
  initial_accumulator: { low: 0, high: 10, log: false },
  leaky_slope: { low: 0, high: 1, log: false },
  elu_alpha: { low: 0.1, high: 10, log: true },
  huber_delta: { low: 0.01, high: 10, log: true },
};

/** What else must be so that a knob means something. @type {Record<string, Partial<Spec>>} */
const COMPANIONS = { init_std: { initializer: 'normal' } };

/** Those that change something in runs of this Spec. @param {Spec} spec @param {import('../wire/messages.js').Choices | null} choices */
export const knobsOf = (spec, choices) => Object.keys(KNOBS).filter((knob) => (
  knob === 'width' || knob === 'depth' ? spec.hidden.length > 0 : knob in COMPANIONS || !idleReason(knob, spec, choices)
));

/** The fields that knobs need. @param {string[]} knobs @returns {Partial<Spec>} */
export const companionsOf = (knobs) => Object.assign({}, ...knobs.map((knob) => COMPANIONS[knob] ?? {}));

/** The value of a knob in a Spec; null where it has none. @param {Spec} spec @param {string} knob @returns {number | null} */
export function knobValue(spec, knob) {
  if (Object.entries(COMPANIONS[knob] ?? {}).some(([field, value]) => spec[field] !== value)) return null;
  if (knob === 'depth') return spec.hidden.length;
  if (knob === 'width') return spec.hidden.every(({ width }) => width === spec.hidden[0].width) ? spec.hidden[0]?.width ?? null : null;
  return /** @type {number | null} */ (spec[knob]);
}

/** As engine/studies/knobs.py turns it. @param {Spec} spec @param {string} knob @param {number} value @returns {Spec} */
function turned(spec, knob, value) {
  if (knob === 'width') return { ...spec, hidden: spec.hidden.map((layer) => ({ ...layer, width: value })) };
  if (knob !== 'depth') return { ...spec, [knob]: value };
  const last = spec.hidden[spec.hidden.length - 1];
  return { ...spec, hidden: Array.from({ length: value }, (_, layer) => spec.hidden[layer] ?? last) };
}

/**
 * The Spec of the run of a cell. The seed comes last: it tells which of several seeds it is.
 * @param {import('../wire/messages.js').SweepPlan} plan @param {{x: number, y: number, seed: number}} cell
 * @returns {Spec}
 */
export function specOfCell({ spec, x, y, measure, target }, cell) {
  const both = turned(turned(spec, x.knob, x.values[cell.x]), y.knob, y.values[cell.y]);
  return { ...both, seed: cell.seed, ...(measure === 'steps_to' ? { stop_loss: target } : {}) };
}
