// @ts-check
// Values to pixels, orange below zero and blue above, through a table made once per palette.

import { mix } from './palette.js';

const HALF = 128; // entries on either side of zero
const CURVE = 0.8; // exponent; below 1, so that small values show a colour

/** @typedef {Uint32Array} Colormap  2·HALF+1 pixels, ready to be stored in ImageData */

/**
 * @param {import('./palette.js').Palette} palette
 * @param {number} strength  1: full colours at ±1; less: paler, so that points are seen on the map
 * @returns {Colormap}
 */
export function makeColormap(palette, strength) {
  return Uint32Array.from({ length: 2 * HALF + 1 }, (_, i) => {
    const value = (i - HALF) / HALF;
    return pixel(mix(palette.middle, value < 0 ? palette.negative : palette.positive, Math.abs(value) ** CURVE * strength));
  });
}

/** Pixels of the two sides of zero: at it and below, above it. @param {import('./palette.js').Palette} palette @param {number} strength */
export function makeTwoColors(palette, strength) {
  return Uint32Array.of(pixel(mix(palette.middle, palette.negative, strength)), pixel(mix(palette.middle, palette.positive, strength)));
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

/** @param {ArrayLike<number>} values @param {Uint32Array} colors  of `makeTwoColors` @param {Uint32Array} pixels  as many as values */
export function paintSides(values, colors, pixels) {
  for (let i = 0; i < pixels.length; i++) pixels[i] = colors[values[i] > 0 ? 1 : 0];
}

/**
 * How an output is mapped to −1 … 1: 0 at the decision threshold and ±1 at the two targets; of a logit, ±1 at probability
 * 0 and 1.
 * @typedef {{logits: boolean, threshold: number}} Meaning  threshold 0: targets ±1, or values; else they are 0 and 1
 */

/** @param {ArrayLike<number>} values @param {Meaning} meaning @param {Float32Array} into */
export function shownOutput(values, { logits, threshold }, into) {
  if (logits) for (let i = 0; i < values.length; i++) into[i] = Math.tanh(values[i] / 2); // 2σ(z) − 1
  else if (!threshold) into.set(values);
  else for (let i = 0; i < values.length; i++) into[i] = (values[i] - threshold) / (1 - threshold);
  return into;
}

const LEAST_SHARE = 0.35; // of full colour where two classes are equally likely, so that the winner is seen

/**
 * A table of pixels for maps of classes: 256 for each class, from least to full confidence.
 * @param {import('./palette.js').Palette} palette @param {number} strength @param {boolean} flat  full colour whatever the confidence
 */
export function makeClassColors(palette, strength, flat) {
  return Uint32Array.from({ length: 256 * palette.classes.length }, (_, i) => {
    const share = flat ? 1 : LEAST_SHARE + (1 - LEAST_SHARE) * ((i & 255) / 255);
    return pixel(mix(palette.middle, palette.classes[i >> 8], share * strength));
  });
}

/** @param {ArrayLike<number>} winners @param {ArrayLike<number>} strength bytes @param {Uint32Array} colors @param {Uint32Array} pixels */
export function paintClasses(winners, strength, colors, pixels) {
  for (let i = 0; i < pixels.length; i++) pixels[i] = colors[(winners[i] << 8) | strength[i]];
}

/** The value of full colour in a neuron's map: 1, or its largest where it goes beyond. @param {number} largest */
export function neuronUnit(largest) {
  return Math.max(1, largest);
}

/** Bytes r, g, b, 255 in memory order; every machine a browser runs on today is little-endian. @param {import('./palette.js').RGB} color */
function pixel([r, g, b]) {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}
