// @ts-check
// The numbers on the hover card as rows of name and value.

import { fixed, scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';
import { drawnValues } from './shape.js';

/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {[string, string]} Row */

/**
 * Of a neuron: the range of its answers, its bias, the range of its weights.
 * @param {Shape} shape @param {Frame} frame @param {number} layer @param {number} tile @returns {Row[]}
 */
export function neuronRows(shape, frame, layer, tile) {
  const range = frame.ranges?.[layer]?.subarray(2 * tile, 2 * tile + 2);
  /** @type {Row[]} */
  const rows = range ? [rangeRow(range)] : [];
  const bias = drawnValues(shape, frame.parameters, layer, 'bias');
  if (bias) {
    rows.push([t('network.bias'), fixed(bias[tile])]);
    rows.push([t('network.bias_gradient'), scientific(drawnValues(shape, frame.gradients, layer, 'bias')?.[tile] ?? NaN)]);
  }
  const inputs = inputTiles(shape, layer);
  const all = shape.sizes[layer];
  const weights = (drawnValues(shape, frame.parameters, layer, 'weight') ?? new Float32Array()).subarray(tile * inputs, (tile + 1) * inputs);
  const name = inputs < all ? 'network.some_weights_in' : 'network.weights_in';
  rows.push([t(name, { count: inputs, all }), inputs === 1 ? fixed(weights[0]) : rangeOf(weights)]);
  return rows;
}

/** Of a link: its weight, gradient and update. @param {Shape} shape @param {import('../../draw/network/links.js').Links} links @param {number} n @param {Frame} frame @returns {Row[]} */
export function linkRows(shape, links, n, frame) {
  const layer = links.layer[n];
  const at = links.to[n] * inputTiles(shape, layer) + links.from[n];
  const valueIn = (/** @type {import('../../wire/frames.js').Tensors} */ tensors) => drawnValues(shape, tensors, layer, 'weight')?.[at] ?? NaN;
  return [
    [t('network.weight'), fixed(valueIn(frame.parameters), 4)],
    [t('network.gradient_of_all'), scientific(valueIn(frame.gradients), 2)],
    [t('network.update_of_batch'), scientific(valueIn(frame.updates), 2)],
  ];
}

/** @param {ArrayLike<number>} values @returns {Row} */
export const rangeRow = (values) => [t('network.range'), rangeOf(values)];

/** @param {ArrayLike<number>} values */
function rangeOf(values) {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]);
    most = Math.max(most, values[i]);
  }
  return `${fixed(least, 2)} … ${fixed(most, 2)}`.replaceAll('\u2007', '');
}

/** Tiles from which a layer's links come. @param {Shape} shape @param {number} layer */
const inputTiles = (shape, layer) => (layer ? shape.counts[layer] : shape.used.length);
