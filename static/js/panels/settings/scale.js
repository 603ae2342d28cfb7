// @ts-check
// From a number to its place on a slider, 0 … 1, and back: linear; logarithmic where a setting spans several powers of ten;
// logarithmic with zero at its beginning; or logarithmic in the distance to one. A slid number has two or three digits; a
// typed one is kept as it is.

/** @typedef {import('../../core/schema.js').Field} Field */
/** @typedef {{shape: 'even' | 'powers' | 'zero' | 'one', from: number, to: number}} Scale */

/** Where the bounds of the Spec are wider than a slider needs, or another shape suits better. @type {Record<string, Scale>} */
const SPECIAL = {
  learning_rate: { shape: 'powers', from: 1e-5, to: 10 },
  l1: { shape: 'zero', from: 1e-5, to: 10 },
  l2: { shape: 'zero', from: 1e-5, to: 10 },
  weight_decay: { shape: 'zero', from: 1e-5, to: 10 },
  momentum: { shape: 'one', from: 0, to: 0.999 },
  muon_momentum: { shape: 'one', from: 0, to: 0.999 },
  alpha: { shape: 'one', from: 0, to: 0.9999 },
  beta1: { shape: 'one', from: 0, to: 0.9999 },
  beta2: { shape: 'one', from: 0, to: 0.99999 },
  rate_decay: { shape: 'zero', from: 1e-6, to: 1 },
  initial_accumulator: { shape: 'zero', from: 1e-3, to: 10 },
  init_std: { shape: 'powers', from: 0.01, to: 10 },
  huber_delta: { shape: 'powers', from: 0.01, to: 100 },
  sigma: { shape: 'powers', from: 0.001, to: 1 },
  clip_limit: { shape: 'powers', from: 0.001, to: 1000 },
  warmup_steps: { shape: 'zero', from: 1, to: 100_000 },
  samples: { shape: 'powers', from: 1, to: 5000 },
  batch_size: { shape: 'powers', from: 1, to: 5000 },
  stop_steps: { shape: 'powers', from: 1, to: 1_000_000 },
  stop_epochs: { shape: 'powers', from: 1, to: 10_000 },
  stop_loss: { shape: 'zero', from: 1e-6, to: 10 },
  stop_change: { shape: 'zero', from: 1e-8, to: 0.1 },
  stop_patience: { shape: 'powers', from: 1, to: 1000 },
};
const DECADES = 3; // a setting that spans so many powers of ten has a logarithmic slider
const ZERO = 0.04; // the part of the slider that means zero, where there is zero
const STEPS = 100; // of a linear slider of real numbers

/** The scale of a field; null where there is nothing to slide. @param {string} name @param {Field} field @returns {Scale | null} */
export function scaleOf(name, field) {
  if (SPECIAL[name]) return SPECIAL[name];
  const { minimum, above, maximum } = field;
  const from = minimum ?? above ?? 0;
  if (maximum === undefined || maximum >= 2 ** 31 - 1) return null;
  return { shape: from > 0 && maximum / from >= 10 ** DECADES ? 'powers' : 'even', from, to: maximum };
}

/** @param {number} value @param {number} digits */
const rounded = (value, digits) => Number(value.toPrecision(digits));

/** @param {number} value @param {Scale} scale @returns {number} */
export function placeOf(value, { shape, from, to }) {
  const clamped = Math.max(shape === 'zero' ? 0 : from, Math.min(to, value));
  const powers = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ at) => Math.log(at / low) / Math.log(high / low);
  if (shape === 'even') return (clamped - from) / (to - from);
  if (shape === 'powers') return powers(from, to, clamped);
  if (shape === 'one') return powers(1 - from, 1 - to, 1 - clamped);
  return clamped === 0 ? 0 : ZERO + (1 - ZERO) * Math.max(0, powers(from, to, clamped));
}

/** @param {number} place @param {Scale} scale @param {boolean} whole @returns {number} */
export function valueAt(place, { shape, from, to }, whole) {
  if (shape === 'even') {
    const value = from + place * (to - from);
    if (whole) return Math.round(value);
    const step = (to - from) / STEPS;
    return Math.min(to, Math.max(rounded(Math.round(value / step) * step, 6), from || step)); // zero itself may not be allowed
  }
  const powers = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ at) => low * (high / low) ** at;
  if (shape === 'one') return Math.min(to, rounded(1 - rounded(powers(1 - from, 1 - to, place), 2), 8));
  if (shape === 'zero' && place < ZERO) return 0;
  const value = rounded(powers(from, to, shape === 'zero' ? (place - ZERO) / (1 - ZERO) : place), 2);
  return Math.max(from, Math.min(to, whole ? Math.round(value) : value));
}
