// @ts-check
// What the network consists of, read from the store: which inputs there are, which are used, how wide each layer is.

import { readNames } from '../../experiment/names.js';

const ALL = 32; // neurons of a column that are all drawn; of a wider one, as many as FEW
const FEW = 12;

/** @typedef {{width: number, activation: string | null}} Layer */
/**
 * @typedef {object} Shape
 * @property {string[]} features  the inputs that are drawn, in the order of the page: every one that can be chosen, to a class those
 *   in use; none where inputs are columns of their own
 * @property {number[]} used      rows of the inputs in use
 * @property {Layer[]} hidden
 * @property {string} activation  of the layers without one of their own
 * @property {number[]} sizes     neurons by column: inputs in use, hidden…, outputs
 * @property {number[][]} drawn   by column, which neuron each tile is of
 * @property {number[]} counts    tiles by column: inputs, hidden…, outputs
 * @property {number} inputs      columns of input @property {number} outputs @property {number} classes @property {string} dataset
 * @property {string} key         equal for equal drawings
 */

/** @param {import('../../core/store.js').Store} store @returns {Shape | null} null before the server has told the experiment */
export function readShape(store) {
  const spec = store.get('spec');
  if (!spec) return null;
  const names = readNames(store);
  const { inputs, outputs, classes, dataset } = names;
  const features = names.features.filter((name) => spec.features.includes(name) || store.get('profile') !== 'projector');
  const widths = [features.length || inputs, ...spec.hidden.map((/** @type {Layer} */ layer) => layer.width), outputs];
  const drawn = widths.map(drawnOf);
  const used = features.length ? spec.features.map((/** @type {string} */ name) => features.indexOf(name)) : drawn[0].map((_, row) => row);
  const sizes = [features.length ? used.length : inputs, ...widths.slice(1)];
  return {
    ...names, features, hidden: spec.hidden, activation: spec.activation, used, sizes, drawn, counts: drawn.map(({ length }) => length),
    key: `${widths.join('-')}:${features}:${used.join(',')}:${classes}:${dataset}`,
  };
}

/** Evenly chosen neurons of a wide column; all of another. @param {number} width */
export function drawnOf(width) {
  if (width <= ALL) return Array.from({ length: width }, (_, neuron) => neuron);
  return Array.from({ length: FEW }, (_, tile) => Math.round((tile * (width - 1)) / (FEW - 1)));
}

/** The tile of a neuron in its column, −1 where it is not drawn. @param {Shape} shape @param {{layer: number, neuron: number}} place */
export function tileOf(shape, { layer, neuron }) {
  return shape.drawn[layer + 1]?.indexOf(neuron) ?? -1;
}

/** Whether a frame is of this shape; one on its way while the experiment changed is not. @param {Shape} shape @param {import('../../wire/frames.js').Frame | null} frame */
export function fits(shape, frame) {
  return frame !== null && frame.sizes.join() === shape.sizes.join();
}

/** @typedef {{layers: number, width: number}} Limits */

/** Bounds as the schema of the Spec tells them; none while it is not known. @param {any} schema @returns {Limits} */
export function readLimits(schema) {
  return {
    layers: schema?.properties?.hidden?.maxItems ?? Infinity,
    width: schema?.$defs?.Layer?.properties?.width?.maximum ?? Infinity,
  };
}

/** @param {any} schema @returns {string[]} the activations a layer can have */
export function readActivations(schema) {
  return schema?.properties?.activation?.enum ?? [];
}

/**
 * What of a layer's weights (out·in, row by row) or biases lies between drawn neurons; frames of smaller networks hold all.
 * @param {Shape} shape @param {import('../../wire/frames.js').Tensors} tensors @param {number} layer @param {'weight' | 'bias'} kind
 * @returns {Float32Array | undefined} undefined where biases are switched off
 */
export function drawnOnly(shape, tensors, layer, kind) {
  const values = tensors[`layers.${layer}.${kind}`];
  const rows = shape.drawn[layer + 1];
  const wide = kind === 'bias' ? [0] : layer || !shape.features.length ? shape.drawn[layer] : shape.used.map((_, i) => i);
  if (!values || values.length === rows.length * wide.length) return values;
  const across = kind === 'bias' ? 1 : shape.sizes[layer];
  const kept = new Float32Array(rows.length * wide.length);
  rows.forEach((row, i) => wide.forEach((column, k) => (kept[i * wide.length + k] = values[row * across + column])));
  return kept;
}
