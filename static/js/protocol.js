// @ts-check
// Frame bytes to numbers: the browser's half of app/protocol.py, where the bytes are described.

import { decodeMessagePack } from './msgpack.js';

const VERSION = 1;

/** @typedef {{side: number, scale: number, values: Float32Array}} Grid  values row by row: row 0 is the top (x2 = +6), column 0 the left (x1 = −6); scale = max |value| */
/** @typedef {Record<string, Float32Array>} Tensors  by PyTorch name: "layers.0.weight" (out·in, row by row), "layers.0.bias" (out), … */
/**
 * @typedef {object} Frame
 * @property {number} revision
 * @property {number} frame
 * @property {number} step
 * @property {number} epoch
 * @property {number} steps_per_second
 * @property {number} train_loss
 * @property {number} test_loss
 * @property {number | null} train_accuracy
 * @property {number | null} test_accuracy
 * @property {number} penalty
 * @property {number[]} sizes  inputs, hidden…, outputs
 * @property {Grid} boundary
 * @property {Grid[][]} maps  by linear layer, then neuron
 * @property {Tensors} parameters
 * @property {Tensors} gradients
 * @property {Tensors} updates
 * @property {number[]} gradient_norms  by linear layer
 * @property {{layer: number, neuron: number, side: number, scale: number, values: Float32Array} | null} focus
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
  const { boundary, focus } = wire;
  return {
    ...wire,
    boundary: grid(boundary.values, boundary.side, boundary.scale),
    maps: neuronMaps(wire.maps, wire.sizes),
    parameters: tensors(wire.parameters, wire.sizes),
    gradients: tensors(wire.gradients, wire.sizes),
    updates: tensors(wire.updates, wire.sizes),
    gradient_norms: Array.from(floats(wire.gradient_norms)),
    focus: focus && { ...focus, ...grid(focus.values, focus.side, focus.scale) },
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

/** @param {{side: number, scales: Uint8Array, values: Uint8Array}} maps @param {number[]} sizes @returns {Grid[][]} */
function neuronMaps({ side, scales, values }, sizes) {
  const scaleOf = floats(scales);
  const area = side * side;
  let neuron = 0;
  return sizes.slice(1).map((width) =>
    Array.from({ length: width }, () => {
      const start = neuron * area;
      return grid(values.subarray(start, start + area), side, scaleOf[neuron++]);
    }),
  );
}

/** @param {Uint8Array} bytes @param {number[]} sizes @returns {Tensors} */
function tensors(bytes, sizes) {
  const flat = floats(bytes);
  /** @type {Tensors} */
  const named = {};
  let at = 0;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [inputs, outputs] = [sizes[layer], sizes[layer + 1]];
    named[`layers.${layer}.weight`] = flat.subarray(at, (at += inputs * outputs));
    named[`layers.${layer}.bias`] = flat.subarray(at, (at += outputs));
  }
  if (at !== flat.length) throw new Error(`A network of sizes ${sizes.join('-')} has ${at} parameters and ${flat.length} came`);
  return named;
}

/** Little-endian float32; copied, because bytes of a message seldom start at a multiple of four. @param {Uint8Array} bytes */
function floats(bytes) {
  return new Float32Array(bytes.slice().buffer);
}
