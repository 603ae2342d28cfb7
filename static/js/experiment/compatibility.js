// @ts-check
// What goes with what: which settings have no effect now and why, which options cannot be chosen now and why. The facts come
// from /api/choices. Pure: every reason is a key of the texts and its values.

import { classCount, hasBatchNorm, hasRandomLayers, isRegression, keepsWidth, kindOf, lastActivation, widthBelow } from './spec_properties.js';

/** @typedef {import('./spec_properties.js').Spec} Spec */
/** @typedef {import('./spec_properties.js').Choices} Choices */
/** @typedef {import('./spec_properties.js').Kind} Kind */
/** @typedef {import('./contradictions.js').Reason} Reason */

const DRAWN = ['seed', 'data_seed', 'start_seed', 'own_points']; // other random numbers or points make another run of the same experiment

/** Whether any layer has this activation. @param {Spec} spec @param {string} name @param {Choices} choices */
const uses = (spec, name, choices) => lastActivation(spec, choices) === name || spec.hidden.some((layer) => (layer.activation ?? spec.activation) === name);

/** Where a setting has no effect with the others as they are. @type {Record<string, (spec: Spec, choices: Choices, kind: Kind) => Reason | false>} */
const IDLE = {
  noise: (spec, _choices, kind) => !kind.noise && { key: 'reason.no_noise' },
  train_fraction: (spec, _choices, kind) => kind.whole && { key: 'reason.whole' },
  samples: (spec, _choices, kind) => (spec.dataset.startsWith('own') && { key: 'reason.own_samples' }) || (kind.whole && kind.plane && { key: 'reason.fixed_samples' }),
  classes: (spec, _choices, kind) => (kind.classes !== null || spec.dataset === 'own') && { key: 'reason.classes' },
  function: (spec) => spec.dataset !== 'function' && { key: 'reason.only_dataset', values: { dataset: 'function' } },
  features: (spec, _choices, kind) => !kind.plane && { key: 'reason.features' },
  normalize: (_spec, _choices, kind) => !kind.side && { key: 'reason.no_pictures' },
  random_inputs: (spec) => spec.dataset !== 'random' && { key: 'reason.only_dataset', values: { dataset: 'random' } },
  random_outputs: (spec) => spec.dataset !== 'random' && { key: 'reason.only_dataset', values: { dataset: 'random' } },
  activation: (spec) => !spec.hidden.length && { key: 'reason.no_hidden' },
  leaky_slope: (spec, choices) => !uses(spec, 'leaky_relu', choices) && { key: 'reason.only_activation', values: { activation: 'leaky_relu' } },
  elu_alpha: (spec, choices) => !uses(spec, 'elu', choices) && { key: 'reason.only_activation', values: { activation: 'elu' } },
  norm_momentum: (spec) => !hasBatchNorm(spec) && { key: 'reason.no_norm' },
  norm_epsilon: (spec) => !hasBatchNorm(spec) && { key: 'reason.no_norm' },
  init_std: (spec) => spec.initializer !== 'normal' && { key: 'reason.only_initializer', values: { initializer: 'normal' } },
  init_constant: (spec) => spec.initializer !== 'constant' && { key: 'reason.only_initializer', values: { initializer: 'constant' } },
  huber_delta: (spec) => spec.loss !== 'huber' && { key: 'reason.only_loss', values: { loss: 'huber' } },
  clip_limit: (spec) => spec.clip === 'none' && { key: 'reason.no_clip' },
  schedule_steps: (spec) => spec.schedule === 'constant' && { key: 'reason.no_schedule' },
  schedule_factor: (spec) => spec.schedule === 'constant' && { key: 'reason.no_schedule' },
};

/**
 * Why a setting has no effect now; null where it has one.
 * @param {string} field @param {Spec} spec @param {Choices | null} choices @returns {Reason | null}
 */
export function idleReason(field, spec, choices) {
  if (!choices) return null;
  const readers = Object.keys(choices.reads).filter((optimizer) => choices.reads[optimizer].includes(field));
  if (readers.length && !readers.includes(spec.optimizer)) return { key: 'reason.only_optimizers', values: { optimizers: readers } };
  return IDLE[field]?.(spec, choices, kindOf(spec, choices)) || null;
}

/** Why an option cannot be chosen now. @type {Record<string, (option: string, spec: Spec, choices: Choices) => string | false>} */
const CLOSED = {
  loss: (option, spec, choices) =>
    (choices.class_losses.includes(option) && isRegression(spec, choices) && 'reason.needs_classes') ||
    (spec.optimizer === 'perceptron' && option !== 'mse' && 'reason.perceptron_loss'),
  optimizer: (option, spec, choices) =>
    (option === 'perceptron' && classCount(spec, choices) !== 2 && 'reason.two_classes') ||
    (option === 'evolution' && hasRandomLayers(spec) && 'reason.evolution'),
  output_activation: (option, spec, choices) =>
    (option !== '' && option !== 'linear' && choices.logit_losses.includes(spec.loss) && 'reason.logits') ||
    (spec.optimizer === 'perceptron' && option !== 'step' && 'reason.perceptron_output'),
  dataset: (option, spec, choices) => (choices.missing.includes(option) && 'reason.missing') || ownReason(option, spec.own_points, choices.most_classes),
};

/** @param {string} dataset @param {number[][]} points @param {number} mostClasses */
function ownReason(dataset, points, mostClasses) {
  if (dataset !== 'own' && dataset !== 'own_values') return false;
  if (!points.length) return 'reason.no_points';
  if (dataset === 'own_values') return false;
  const labels = new Set(points.map(([, , label]) => label));
  if ([...labels].some((label) => !Number.isInteger(label) || label < 0 || label >= mostClasses)) return 'reason.labels';
  return labels.size < 2 && 'reason.one_class';
}

/**
 * Why an option of a choice cannot be chosen now; null where it can.
 * @param {string} field @param {string} option '' stands for null @param {Spec} spec @param {Choices | null} choices @returns {Reason | null}
 */
export function closedReason(field, option, spec, choices) {
  const key = choices && CLOSED[field]?.(option, spec, choices);
  return key ? { key } : null;
}

/**
 * Why a layer cannot have an extra now; null where it can.
 * @param {'dropout' | 'batch_norm' | 'residual'} extra @param {number} layer @param {Spec} spec @param {Choices | null} choices @returns {Reason | null}
 */
export function layerReason(extra, layer, spec, choices) {
  if (extra !== 'residual') return spec.optimizer === 'evolution' ? { key: 'reason.layer_evolution' } : null;
  if (!choices || keepsWidth(spec, layer, choices)) return null;
  return { key: 'reason.residual', values: { below: widthBelow(spec, layer, choices), width: spec.hidden[layer].width } };
}

/**
 * Whether two Specs are the same experiment, with other settings of training at most; another optimizer makes it another one.
 * @param {Record<string, import('../core/schema.js').Field>} fields @param {Spec} one @param {Spec} other
 */
export function sameExperiment(fields, one, other) {
  return Object.keys(fields).every((name) => {
    const tuned = DRAWN.includes(name) || (fields[name].live && name !== 'optimizer');
    return tuned || JSON.stringify(one[name]) === JSON.stringify(other[name]);
  });
}
