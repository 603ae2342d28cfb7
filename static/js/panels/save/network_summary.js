// @ts-check
// The network as torchsummary and Keras print it: layer by layer, the shape of what comes out and how many parameters it has.

import { formatCount } from '../../core/i18n.js';

const [NAME, SHAPE, COUNT] = [26, 14, 10]; // characters of the columns

/** @typedef {import('../../wire/messages.js').Layer} Layer */

/**
 * @param {number[]} sizes  inputs, hidden…, outputs @param {Layer[]} hidden @param {string} activation  of the layers without one of their own
 * @param {string} last  the output's @param {boolean} biases
 * @returns {string} lines of fixed columns; n: samples of a batch
 */
export function networkSummary(sizes, hidden, activation, last, biases) {
  const lines = [row('Layer (type)', 'Output shape', 'Param #'), '='.repeat(NAME + SHAPE + COUNT), row('Input', `(n, ${sizes[0]})`, '0')];
  let total = 0;
  sizes.slice(1).forEach((width, i) => {
    const layer = hidden[i];
    for (const [name, count] of partsOf(i, sizes[i], width, layer, layer ? layer.activation ?? activation : last, biases)) {
      lines.push(row(name, `(n, ${width})`, formatCount(count, 1e9)));
      total += count;
    }
  });
  return [...lines, '='.repeat(NAME + SHAPE + COUNT), row('Total params', '', formatCount(total, 1e9))].join('\n');
}

/** @param {number} i @param {number} inputs @param {number} width @param {Layer | undefined} layer  none: the output @param {string} activation @param {boolean} biases @returns {[string, number][]} */
function partsOf(i, inputs, width, layer, activation, biases) {
  /** @type {[string, number][]} */
  const parts = [[`layers.${i} (Linear)`, (inputs + Number(biases)) * width]];
  if (layer?.batch_norm) parts.push([`norms.${i} (BatchNorm1d)`, 2 * width]);
  if (activation !== 'linear') parts.push([`  ${activation}`, 0]);
  if (layer?.dropout) parts.push([`  Dropout(${layer.dropout})`, 0]);
  if (layer?.residual) parts.push(['  + input (residual)', 0]);
  return parts;
}

/** @param {string} name @param {string} shape @param {string} count */
const row = (name, shape, count) => name.padEnd(NAME) + shape.padEnd(SHAPE) + count.padStart(COUNT);
