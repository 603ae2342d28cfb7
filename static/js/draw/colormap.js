// @ts-check
// Values to pixels: orange below zero, blue above, through a table made once per palette.

import { mix } from './palette.js';

const HALF = 128; // entries on either side of zero
const CURVE = 0.8; // below 1: small values already show a colour

/** @typedef {Uint32Array} Colormap  2·HALF+1 pixels, ready to be stored in ImageData */

/**
 * @param {import('./palette.js').Palette} palette
 * @param {number} strength  1: full colours at ±1; less: paler, so that points stand out on top
 * @returns {Colormap}
 */
export function makeColormap(palette, strength) {
  return Uint32Array.from({ length: 2 * HALF + 1 }, (_, i) => {
    const value = (i - HALF) / HALF;
    return pixel(mix(palette.middle, value < 0 ? palette.negative : palette.positive, Math.abs(value) ** CURVE * strength));
  });
}

/** Two colours only: the sign decides. @param {import('./palette.js').Palette} palette @param {number} strength @returns {Colormap} */
export function makeTwoColors(palette, strength) {
  const negative = pixel(mix(palette.middle, palette.negative, strength));
  const positive = pixel(mix(palette.middle, palette.positive, strength));
  return Uint32Array.from({ length: 2 * HALF + 1 }, (_, i) => (i < HALF ? negative : positive));
}

/** The entry of a value; |value| ≥ 1 is full colour. @param {number} value */
export function colorIndex(value) {
  const index = Math.round(value * HALF) + HALF;
  return index < 0 ? 0 : index > 2 * HALF ? 2 * HALF : index;
}

/** @param {Colormap} colormap @param {number} value @returns {string} the CSS colour of a value */
export function colorOf(colormap, value) {
  const [r, g, b] = new Uint8Array(Uint32Array.of(colormap[colorIndex(value)]).buffer);
  return `rgb(${r} ${g} ${b})`;
}

/**
 * @param {ArrayLike<number>} values @param {Colormap} colormap
 * @param {Uint32Array} pixels  as many as values
 * @param {number} unit  the value shown in full colour
 */
export function paintValues(values, colormap, pixels, unit) {
  const scale = HALF / unit;
  for (let i = 0; i < pixels.length; i++) {
    const index = Math.round(values[i] * scale) + HALF;
    pixels[i] = colormap[index < 0 ? 0 : index > 2 * HALF ? 2 * HALF : index];
  }
}

/**
 * What a map shows of the network's output: for logits, 2σ(z) − 1 = tanh(z/2), so that ±1 means certain.
 * @param {Float32Array} values @param {boolean} logits @param {Float32Array} into
 */
export function shownOutput(values, logits, into) {
  if (!logits) into.set(values);
  else for (let i = 0; i < values.length; i++) into[i] = Math.tanh(values[i] / 2);
  return into;
}

/** The value of full colour in a neuron's map: 1, or its largest where it goes beyond. @param {number} largest */
export function neuronUnit(largest) {
  return Math.max(1, largest);
}

/** Bytes r, g, b, 255 in memory order; every machine a browser runs on today is little-endian. @param {import('./palette.js').RGB} color */
function pixel([r, g, b]) {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}
