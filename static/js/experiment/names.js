// @ts-check
// The names of neurons and inputs in sentences; layers and neurons are counted from 1.

import { featureLabel } from '../draw/base/numbers.js';
import { t } from '../core/i18n.js';
import { targetNumbers } from './output.js';

/**
 * @typedef {object} Named  what names depend on
 * @property {string[]} features  the inputs that can be chosen; none where inputs are columns of their own
 * @property {number} inputs      columns
 * @property {{length: number}} hidden
 * @property {number} outputs
 * @property {number} classes     0: targets are values
 * @property {number} lowTarget   of an output for a class that is not its own
 * @property {string} dataset
 */

/** Once the first state has come. @param {import('../core/store.js').Store} store @returns {Named} */
export function readNames(store) {
  const state = store.get('state');
  const spec = /** @type {import('../wire/messages.js').Spec} */ (store.get('spec'));
  const plane = state?.kind?.plane ?? true;
  const features = plane ? Object.keys(store.get('features') ?? {}) : [];
  return {
    features: plane && !features.length ? spec.features : features,
    inputs: plane || !state ? features.length : state.sizes[0],
    hidden: spec.hidden, outputs: state?.outputs ?? 1, classes: state?.classes ?? 2, lowTarget: state?.low_target ?? -1, dataset: state?.spec.dataset ?? spec.dataset,
  };
}

/** A short name, to stand beside its tile. @param {number} input @param {Named} named */
export function inputLabel(input, { features, dataset, inputs }) {
  if (features.length) return featureLabel(features[input]);
  if (sideOf(inputs)) return '';
  return dataset.endsWith('digit_pictures') ? String(input) : `x${[...String(input + 1)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')}`;
}

/** The side of a picture of so many pixels; 0: the inputs are no picture. @param {number} inputs */
export const sideOf = (inputs) => ({ 64: 8, 784: 28 })[inputs] ?? 0;

/** A layer of weights; the last is the output's. @param {number} layer @param {{length: number}} hidden */
export const layerName = (layer, hidden) => (layer < hidden.length ? t('network.layer', { layer: layer + 1 }) : t('network.output_layer'));

/** @param {{layer: number, neuron: number}} place @param {Named} named */
export function neuronName({ layer, neuron }, named) {
  const { hidden, outputs, classes, lowTarget, inputs, features } = named;
  if (layer < 0) {
    const side = features.length ? 0 : sideOf(inputs);
    if (side) return t('network.pixel', { row: Math.floor(neuron / side) + 1, column: (neuron % side) + 1 });
    return t('network.input', { name: inputLabel(neuron, named) });
  }
  if (layer < hidden.length) return t('network.neuron', { layer: layer + 1, neuron: neuron + 1 });
  if (outputs === 1) return t('network.output');
  if (!classes) return t('network.output_numbered', { neuron: neuron + 1 });
  return t('network.output_class', { name: targetNumbers(classes, lowTarget)[neuron] });
}
