// @ts-check
// What must change along with a change, so that everything still goes together. Pure.

import { classCount, hasBatchNorm, isRegression, keepsWidth, kindOf } from './spec_properties.js';

/** @typedef {import('./spec_properties.js').Spec} Spec */
/** @typedef {import('./spec_properties.js').Choices} Choices */
/** @typedef {import('../wire/messages.js').SpecChange} SpecChange */
/** @typedef {import('./contradictions.js').Reason} Reason */

/** What the perceptron rule is for. @type {SpecChange} */
const PERCEPTRON = { hidden: [], output_activation: 'step', loss: 'mse', batch_size: 1 };
const SAFE_BATCH = 10; // samples: the default batch size, large enough for batch norm

/** Evolution takes no such layer. @param {Spec['hidden'][number]} layer */
const isRandom = (layer) => layer.batch_norm || layer.dropout > 0;

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The fields that the perceptron rule replaces, and the optimizer: to be put back when it is left. @param {Spec} spec @returns {SpecChange} */
export const beforePerceptron = (spec) => Object.fromEntries(['optimizer', ...Object.keys(PERCEPTRON)].map((name) => [name, spec[name]]));

/**
 * A change with its companions, and a note on each of them.
 * @param {Spec} spec  as it is @param {SpecChange} change  as asked for @param {Choices | null} choices
 * @param {SpecChange | null} [before]  what the perceptron rule has replaced, where that is known
 * @returns {{change: SpecChange, notes: Reason[]}}
 */
export function withCompanions(spec, change, choices, before = null) {
  if (!choices) return { change, notes: [] };
  const draft = new Draft(spec, change);
  if (change.optimizer === 'perceptron') draft.add('along.perceptron', PERCEPTRON);
  else if (spec.optimizer === 'perceptron') leavePerceptron(draft, spec, choices, before);
  if (choices.class_losses.includes(draft.next.loss) && isRegression(draft.next, choices)) draft.add('along.loss', { loss: 'mse' });
  if (choices.logit_losses.includes(draft.next.loss) && ![null, 'linear'].includes(draft.next.output_activation)) draft.add('along.output', { output_activation: null });
  if (kindOf(draft.next, choices).plane && (draft.next.samples ?? 0) > choices.most_plane_samples) draft.add('along.samples', { samples: null });
  if (hasBatchNorm(draft.next) && draft.next.batch_size === 1) draft.add('along.batch', { batch_size: SAFE_BATCH }, { size: SAFE_BATCH });
  dropResidualLinks(draft, choices);
  return { change: draft.change, notes: draft.notes };
}

/** A change that grows. */
class Draft {
  /** @type {Reason[]} */
  notes = [];
  #asked;

  /** @param {Spec} spec @param {SpecChange} asked */
  constructor(spec, asked) {
    this.#asked = asked;
    this.change = { ...asked };
    this.next = /** @type {Spec} */ ({ ...spec, ...asked });
  }

  /** Changes fields along, but none that were asked for. @param {string} key  of the note @param {SpecChange} fields @param {Record<string, any>} [values] */
  add(key, fields, values) {
    const added = Object.fromEntries(Object.entries(fields).filter(([name, value]) => !(name in this.#asked) && !same(this.next[name], value)));
    if (!Object.keys(added).length) return;
    this.#put(added);
    this.notes.push({ key, values: { ...values, fields: Object.keys(added).filter((name) => name !== 'optimizer') } });
  }

  /** Replaces the hidden layers, whoever asked for them. @param {string} key @param {Spec['hidden']} hidden @param {Record<string, any>} values */
  replaceLayers(key, hidden, values) {
    this.#put({ hidden });
    this.notes.push({ key, values });
  }

  /** @param {SpecChange} fields */
  #put(fields) {
    this.change = { ...this.change, ...fields };
    this.next = /** @type {Spec} */ ({ ...this.next, ...fields });
  }
}

/**
 * Leaves the perceptron rule where another optimizer is asked for, or a network that is not for it. What was not changed
 * meanwhile becomes again what it was before the rule.
 * @param {Draft} draft @param {Spec} spec @param {Choices} choices @param {SpecChange | null} before
 */
function leavePerceptron(draft, spec, choices, before) {
  const { next } = draft;
  const fits = !next.hidden.length && classCount(next, choices) === 2 && next.loss === 'mse' && next.output_activation === 'step';
  const untouched = Object.entries(PERCEPTRON).filter(([name, value]) => same(spec[name], value)).map(([name]) => name);
  const fitting = next.optimizer === 'evolution' && before?.hidden?.some(isRandom) ? untouched.filter((name) => name !== 'hidden') : untouched;
  const restored = before ? Object.fromEntries(fitting.map((name) => [name, before[name]])) : { output_activation: null };
  const optimizer = before?.optimizer === 'evolution' && next.hidden.some(isRandom) ? 'sgd' : before?.optimizer ?? 'sgd';
  if (next.optimizer !== 'perceptron') draft.add(before ? 'along.back' : 'along.left_step', restored);
  else if (!fits) draft.add('along.left_perceptron', { optimizer, ...restored }, { optimizer });
}

/** Switches residual links off where widths have come to differ. @param {Draft} draft @param {Choices} choices */
function dropResidualLinks(draft, choices) {
  const { next } = draft;
  const broken = next.hidden.flatMap(({ residual }, i) => (residual && !keepsWidth(next, i, choices) ? [i] : []));
  if (!broken.length) return;
  const hidden = next.hidden.map((layer, i) => (broken.includes(i) ? { ...layer, residual: false } : layer));
  draft.replaceLayers('along.residual', hidden, { layers: broken.map((i) => String(i + 1)) });
}
