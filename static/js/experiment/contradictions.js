// @ts-check
// What within a Spec does not go together, in the order of `Spec._contradictions` of engine/spec/spec.py, so that the page
// can say it before the server refuses; tests/browser/test_compatibility.py holds both to each other.

import { classCount, hasBatchNorm, hasRandomLayers, inputCount, isRegression, keepsWidth, kindOf, outputCount, trainingSamples, wantedSamples, widthBelow } from './spec_properties.js';

/** @typedef {import('./spec_properties.js').Spec} Spec */
/** @typedef {import('./spec_properties.js').Choices} Choices */
/** @typedef {{key: string, values?: Record<string, any>}} Reason  key of the texts, and its values */
/** @typedef {Reason | false | null} Found */

/**
 * Why an experiment as a whole cannot be; null where it can.
 * @param {Spec} spec @param {Choices | null} choices @returns {Reason | null}
 */
export function conflict(spec, choices) {
  if (!choices) return null;
  for (const check of CHECKS) {
    const found = check(spec, choices);
    if (found) return found;
  }
  return null;
}

/** @type {((spec: Spec, choices: Choices) => Found)[]} */
const CHECKS = [
  ({ features }) => new Set(features).size < features.length && { key: 'server.spec_feature_twice' },
  (spec, choices) => kindOf(spec, choices).plane && (spec.samples ?? 0) > choices.most_plane_samples &&
    { key: 'server.spec_too_many_points', values: { dataset: spec.dataset, limit: choices.most_plane_samples } },
  (spec, choices) => tooMuchData(spec, choices),
  (spec, choices) => oddOwnPoints(spec, choices),
  (spec, choices) => choices.class_losses.includes(spec.loss) && isRegression(spec, choices) &&
    { key: 'server.spec_needs_classes', values: { loss: spec.loss, dataset: spec.dataset } },
  (spec, choices) => choices.logit_losses.includes(spec.loss) && ![null, 'linear'].includes(spec.output_activation) &&
    { key: 'server.spec_logits', values: { loss: spec.loss, activation: spec.output_activation } },
  (spec, choices) => oddLayer(spec, choices),
  (spec, choices) => tooLargeForNorm(spec, choices),
  (spec, choices) => spec.optimizer === 'perceptron' && oddPerceptron(spec, choices),
  (spec) => spec.optimizer === 'evolution' && hasRandomLayers(spec) && { key: 'server.spec_evolution' },
  (spec, choices) => tooManyParameters(spec, choices),
  (spec, choices) => tooLongAStep(spec, choices),
];

/** @param {Spec} spec @param {Choices} choices @returns {Found} */
function tooMuchData(spec, choices) {
  const samples = wantedSamples(spec, choices);
  const inputs = inputCount(spec, choices);
  const limit = choices.most_data;
  return samples * inputs > limit && { key: 'server.spec_too_much_data', values: { samples, inputs, limit, most: Math.floor(limit / inputs) } };
}

/** @param {Spec} spec @param {Choices} choices @returns {Found} */
function oddOwnPoints({ dataset, own_points: points }, choices) {
  if (dataset !== 'own' && dataset !== 'own_values') return null;
  if (!points.length) return { key: 'server.spec_no_points' };
  if (dataset === 'own_values') return null;
  const labels = new Set(points.map(([, , label]) => label));
  const last = choices.most_classes - 1;
  if ([...labels].some((label) => !Number.isInteger(label) || label < 0 || label > last)) return { key: 'server.spec_point_labels', values: { last } };
  return labels.size < 2 && { key: 'server.spec_one_class' };
}

/** A residual link between different widths, or batch norm of one sample. @param {Spec} spec @param {Choices} choices @returns {Found} */
function oddLayer(spec, choices) {
  for (const [i, { width, residual, batch_norm: norm }] of spec.hidden.entries()) {
    if (residual && !keepsWidth(spec, i, choices)) return { key: 'server.spec_residual', values: { layer: i + 1, below: widthBelow(spec, i, choices), width } };
    if (norm && spec.batch_size === 1) return { key: 'server.spec_batch_of_one' };
  }
  return null;
}

/** Batch norm keeps a whole batch of all inputs and neurons. @param {Spec} spec @param {Choices} choices @returns {Found} */
function tooLargeForNorm(spec, choices) {
  if (!hasBatchNorm(spec)) return null;
  const units = sizesOf(spec, choices).reduce((sum, width) => sum + width, 0);
  const samples = batchSamples(spec, choices);
  const limit = choices.most_normed;
  return samples * units > limit && { key: 'server.spec_norm_batch', values: { samples, units, limit, batch_size: Math.floor(limit / units) } };
}

/** @param {Spec} spec @param {Choices} choices @returns {Found} */
function oddPerceptron(spec, choices) {
  if (spec.hidden.length) return { key: 'server.spec_perceptron_hidden' };
  if (classCount(spec, choices) !== 2) return { key: 'server.spec_perceptron_classes', values: { dataset: spec.dataset } };
  return (spec.loss !== 'mse' || spec.output_activation !== 'step') && { key: 'server.spec_perceptron_output' };
}

/** @param {Spec} spec @param {Choices} choices @returns {Found} */
function tooManyParameters(spec, choices) {
  const sizes = sizesOf(spec, choices);
  const count = sizes.slice(1).reduce((sum, width, i) => sum + width * (sizes[i] + 1), 0);
  const limit = choices.most_parameters;
  return count > limit && { key: 'server.spec_parameters', values: { count, limit } };
}

/** As engine/spec/cost.py counts multiplications. @param {Spec} spec @param {Choices} choices @returns {Found} */
function tooLongAStep(spec, choices) {
  const sizes = sizesOf(spec, choices);
  const weights = sizes.slice(1).reduce((sum, width, i) => sum + width * sizes[i], 0);
  const neurons = sizes.slice(1).reduce((sum, width) => sum + width, 0);
  const each = (spec.optimizer === 'evolution' ? 2 * spec.pairs : 3) * (weights + choices.neuron_multiplications * neurons);
  const fixed = spec.optimizer === 'muon' ? muonMultiplications(sizes, spec.newton_schulz_steps) : 0;
  const samples = batchSamples(spec, choices);
  const limit = choices.most_multiplications;
  const fitting = Math.min(choices.most_batch, Math.floor((limit - fixed) / each));
  return fixed + samples * each > limit && { key: 'server.spec_step_too_long', values: { samples, limit, batch_size: fitting } };
}

/** @param {number[]} sizes @param {number} iterations */
function muonMultiplications(sizes, iterations) {
  const hidden = sizes.slice(1, -1);
  const each = hidden.slice(1).map((width, i) => [Math.min(width, hidden[i]), Math.max(width, hidden[i])]);
  return iterations * each.reduce((sum, [short, long]) => sum + short * short * (2 * long + short), 0);
}

/** @param {Spec} spec @param {Choices} choices */
const batchSamples = (spec, choices) => Math.min(spec.batch_size ?? Infinity, trainingSamples(spec, choices));

/** Inputs, hidden layers, outputs. @param {Spec} spec @param {Choices} choices */
const sizesOf = (spec, choices) => [inputCount(spec, choices), ...spec.hidden.map(({ width }) => width), outputCount(spec, choices)];
