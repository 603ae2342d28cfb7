// @ts-check
// Frame bytes to numbers: the browser's half of app/wire/frames.py, where the bytes are described.

import { decodeMessagePack } from './msgpack.js';

const VERSION = 2;

/** @typedef {{side: number, scale: number, values: Float32Array}} Grid  values row by row: row 0 is the top (the largest x2), column 0 the left (the least x1); scale = max |value| */
/** @typedef {Record<string, Float32Array>} Tensors  by PyTorch name: "layers.0.weight" (out·in, row by row), "layers.0.bias" (out), … */
/** @typedef {{side: number, winners: Uint8Array, strength: Uint8Array}} Classes  which class wins a cell, and what speaks for it: 255 = all */
/** @typedef {Record<string, number | null>} Scores  accuracy, precision, recall, f1; or r2, mae, rmse */
/** @typedef {{fpr: Float32Array, tpr: Float32Array, auc: number}} Roc  from 0 to 1 */
/**
 * @template T
 * @typedef {{train: T, test: T}} Both
 */
/**
 * @typedef {object} Frame
 * @property {number} revision
 * @property {number} frame
 * @property {number} step
 * @property {number} epoch
 * @property {number} samples  sent forward in order to learn
 * @property {number} steps_per_second
 * @property {number} learning_rate  of the next step, its schedule counted in
 * @property {number} train_loss
 * @property {number} test_loss
 * @property {number | null} epoch_loss  of the last finished epoch, as its batches saw it
 * @property {number | null} train_accuracy
 * @property {number | null} test_accuracy
 * @property {number} penalty
 * @property {string | null} stopped  the stop rule that ended the run
 * @property {number[]} sizes  inputs, hidden…, outputs
 * @property {number[][] | null} drawn  for each of these columns the neurons that are drawn; null: all
 * @property {[string, number[]][]} tensors  names and shapes; of large networks rows and columns of drawn neurons only
 * @property {Tensors} parameters
 * @property {Tensors} gradients
 * @property {Tensors} updates
 * @property {number[]} gradient_norms  by linear layer, of all its weights
 * @property {Grid | null} boundary  output 0, or how far class 1 is ahead of class 0; with classes the winners
 * @property {number | null} threshold  of the boundary: above it, class 1 of two
 * @property {Classes | null} classes  where there are three or more
 * @property {Grid[][] | null} maps  by linear layer, then drawn neuron; null where inputs are not of the plane
 * @property {Grid[] | null} weights  of the first layer's drawn neurons, where inputs are pictures
 * @property {{layer: number, neuron: number, side: number, scale: number, values: Float32Array} | null} focus
 * @property {Both<Scores>} scores
 * @property {Both<number[][]> | null} confusion  rows: true classes, columns: said classes
 * @property {Both<Roc | null> | null} roc  of two classes
 */

/**
 * @param {ArrayBuffer | Uint8Array} data
 * @returns {Frame}
 * @throws {Error} for a frame of another version, or one whose parts do not fit its sizes
 */
export function decodeFrame(data) {
  const wire = decodeMessagePack(data);
  if (wire.version !== VERSION) {
    throw new Error(`This page reads frames of version ${VERSION} and the server sent version ${wire.version}; reload the page`);
  }
  const { boundary, classes, maps, focus, roc } = wire;
  return {
    ...wire,
    boundary: classes ? winnersGrid(classes) : boundary && grid(boundary.values, boundary.side, boundary.scale),
    threshold: boundary ? boundary.threshold : null,
    maps: maps?.kind === 'plane' ? neuronMaps(maps, wire.drawn?.map((/** @type {number[]} */ column) => column.length) ?? wire.sizes) : null,
    weights: maps?.kind === 'weights' ? grids(maps) : null,
    parameters: tensors(wire.parameters, wire.tensors),
    gradients: tensors(wire.gradients, wire.tensors),
    updates: tensors(wire.updates, wire.tensors),
    gradient_norms: Array.from(floats(wire.gradient_norms)),
    focus: focus && { ...focus, ...grid(focus.values, focus.side, focus.scale) },
    roc: roc && { train: curve(roc.train), test: curve(roc.test) },
  };
}

/** int8 q → q/127·scale. @param {Uint8Array} bytes @param {number} side @param {number} scale @returns {Grid} */
function grid(bytes, side, scale) {
  if (bytes.length !== side * side) throw new Error(`A map of ${side}×${side} came with ${bytes.length} values`);
  const quantized = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float32Array(bytes.length);
  const unit = scale / 127;
  for (let i = 0; i < values.length; i++) values[i] = quantized[i] * unit;
  return { side, scale, values };
}

/** @param {Classes} classes @returns {Grid} */
function winnersGrid({ side, winners, strength }) {
  if (winners.length !== side * side || strength.length !== side * side) throw new Error(`A map of ${side}×${side} came with ${winners.length} classes`);
  return { side, scale: winners.reduce((a, b) => Math.max(a, b), 0), values: Float32Array.from(winners) };
}

/** @param {{side: number, scales: Uint8Array, values: Uint8Array}} maps @returns {Grid[]} */
function grids({ side, scales, values }) {
  const area = side * side;
  return Array.from(floats(scales), (scale, i) => grid(values.subarray(i * area, (i + 1) * area), side, scale));
}

/** @param {{side: number, scales: Uint8Array, values: Uint8Array}} maps @param {number[]} widths  of all columns @returns {Grid[][]} */
function neuronMaps(maps, widths) {
  const all = grids(maps);
  let at = 0;
  return widths.slice(1).map((width) => all.slice(at, (at += width)));
}

/** @param {Uint8Array} bytes @param {[string, number[]][]} shapes @returns {Tensors} */
function tensors(bytes, shapes) {
  const flat = floats(bytes);
  /** @type {Tensors} */
  const named = {};
  let at = 0;
  for (const [name, shape] of shapes) named[name] = flat.subarray(at, (at += shape.reduce((a, b) => a * b, 1)));
  if (at !== flat.length) throw new Error(`The tensors of this frame have ${at} values and ${flat.length} came`);
  return named;
}

/** @param {{fpr: Uint8Array, tpr: Uint8Array, auc: number} | null} roc @returns {Roc | null} */
function curve(roc) {
  return roc && { ...roc, fpr: Float32Array.from(roc.fpr, (rate) => rate / 255), tpr: Float32Array.from(roc.tpr, (rate) => rate / 255) };
}

/** Little-endian float32; copied, because bytes of a message seldom start at a multiple of four. @param {Uint8Array} bytes */
function floats(bytes) {
  return new Float32Array(bytes.slice().buffer);
}
