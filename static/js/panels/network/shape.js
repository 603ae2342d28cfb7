// @ts-check
// The shape of the network as it is drawn, read from the store: its inputs, the width of each layer, and which neurons of
// a wide layer are drawn.

import { readNames } from '../../experiment/names.js';

const MOST_ALL_DRAWN = 32; // neurons of a column that are all drawn, until the server says what its frames have room for
const DRAWN_OF_WIDER = 12; // neurons drawn of a wider column

/** @typedef {import('../../wire/messages.js').Layer} Layer */
/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {{layer: number, neuron: number}} Place  a neuron; layer −1: an input */
/**
 * @typedef {object} Shape
 * @property {string[]} features  the inputs that are drawn, in the order of the page: every one that can be chosen, in a classroom
 *   those in use; empty where inputs are columns of a data set
 * @property {number[]} used      rows of the inputs in use
 * @property {Layer[]} hidden
 * @property {string} activation  of the layers without one of their own
 * @property {number[]} sizes     neurons by column: inputs in use, hidden…, outputs
 * @property {number[][]} drawn   by column, the neuron of each tile
 * @property {number[]} counts    tiles by column: inputs, hidden…, outputs
 * @property {number} inputs      columns of input @property {number} outputs @property {number} classes @property {string} dataset
 * @property {string} key         equal for equal drawings
 */

/** @param {import('../../core/store.js').Store} store @returns {Shape | null} null before the server has sent the experiment */
export function readShape(store) {
  const spec = store.get('spec');
  if (!spec) return null;
  const names = readNames(store);
  const { inputs, outputs, classes, dataset } = names;
  const features = names.features.filter((name) => spec.features.includes(name) || store.get('profile') !== 'projector');
  const widths = [features.length || inputs, ...spec.hidden.map(({ width }) => width), outputs];
  const sizes = [features.length ? spec.features.length : inputs, ...widths.slice(1)];
  const state = store.get('state');
  const told = state?.sizes.join() === sizes.join() ? state.drawn : null;
  const drawn = widths.map((width, column) => (told && (column || !features.length) ? told[column] : drawnNeurons(width)));
  const used = features.length ? spec.features.map((name) => features.indexOf(name)) : drawn[0].map((_, row) => row);
  return {
    ...names, features, hidden: spec.hidden, activation: spec.activation, used, sizes, drawn, counts: drawn.map(({ length }) => length),
    key: `${widths.join('-')}:${drawn.map(({ length }) => length)}:${features}:${used.join(',')}:${classes}:${dataset}:${spec.hidden.map(({ residual }) => Number(residual)).join('')}`,
  };
}

/** Which neurons of a column are drawn as far as the page knows: evenly chosen ones of a wide column, else all. @param {number} width */
export function drawnNeurons(width) {
  if (width <= MOST_ALL_DRAWN) return Array.from({ length: width }, (_, neuron) => neuron);
  return Array.from({ length: DRAWN_OF_WIDER }, (_, tile) => Math.round((tile * (width - 1)) / (DRAWN_OF_WIDER - 1)));
}

/** The tile of a neuron in its column; −1: it is not drawn. @param {Shape} shape @param {Place} place */
export function tileOf(shape, { layer, neuron }) {
  return shape.drawn[layer + 1]?.indexOf(neuron) ?? -1;
}

/** Whether a frame is of this shape: one that was sent before the experiment changed is not. @param {Shape} shape @param {Frame | null} frame */
export function matchesShape(shape, frame) {
  if (!frame || frame.sizes.join() !== shape.sizes.join()) return false;
  const widths = frame.drawn?.map((column) => column.length) ?? frame.sizes;
  return widths.every((width, column) => (!column && shape.features.length > 0) || width === shape.counts[column]);
}

/** @typedef {{layers: number, width: number, dropout: number}} Limits */

/** Bounds from the schema of the Spec; as good as none before it is loaded. @param {import('../../wire/messages.js').SpecSchema | null} schema @returns {Limits} */
export function readLimits(schema) {
  return {
    layers: schema?.properties?.hidden?.maxItems ?? Infinity,
    width: schema?.$defs?.Layer?.properties?.width?.maximum ?? Infinity,
    dropout: schema?.$defs?.Layer?.properties?.dropout?.maximum ?? 1,
  };
}

/** @param {import('../../wire/messages.js').SpecSchema | null} schema @returns {string[]} the activations a layer can have */
export function readActivations(schema) {
  return schema?.properties?.activation?.enum ?? [];
}

/**
 * The weights (out·in, row by row) or biases of a layer's drawn neurons. Frames of small networks hold no others.
 * @param {Shape} shape @param {import('../../wire/frames.js').Tensors} tensors @param {number} layer @param {'weight' | 'bias'} kind
 * @returns {Float32Array | undefined} undefined where biases are switched off
 */
export function drawnValues(shape, tensors, layer, kind) {
  const values = tensors[`layers.${layer}.${kind}`];
  const rows = shape.drawn[layer + 1];
  const columns = kind === 'bias' ? [0] : layer || !shape.features.length ? shape.drawn[layer] : shape.used.map((_, i) => i);
  if (!values || values.length === rows.length * columns.length) return values;
  const width = kind === 'bias' ? 1 : shape.sizes[layer];
  const picked = new Float32Array(rows.length * columns.length);
  rows.forEach((row, i) => columns.forEach((column, k) => (picked[i * columns.length + k] = values[row * width + column])));
  return picked;
}
