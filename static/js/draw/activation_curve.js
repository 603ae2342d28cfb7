// @ts-check
// The curve of an activation as a small drawing, for places where its name does not fit.

const REACH = 3; // the curve is drawn for −3 … 3

/** @type {Record<string, (z: number) => number>} */
const CURVES = {
  linear: (z) => z / REACH,
  relu: (z) => (2 * Math.max(0, z)) / REACH - 1,
  tanh: (z) => Math.tanh(1.3 * z),
  sigmoid: (z) => 2 / (1 + Math.exp(-2 * z)) - 1,
};

/** The value of the zero line in the drawing, −1 … 1. @type {Record<string, number>} */
const ZERO = { relu: -1, sigmoid: -1 };

/** @param {string} name @param {number} width @param {number} height px @returns {string} an SVG path, or nothing for a name it does not know */
export function activationPath(name, width, height) {
  const curve = CURVES[name];
  if (!curve) return '';
  const places = Array.from({ length: 25 }, (_, i) => {
    const z = (i / 12 - 1) * REACH;
    return `${((i / 24) * width).toFixed(1)} ${across(curve(z), height)}`;
  });
  return `M${places.join('L')}`;
}

/** @param {string} name @param {number} width @param {number} height @returns {string} the line of value zero */
export function zeroPath(name, width, height) {
  return `M0 ${across(ZERO[name] ?? 0, height)}H${width}`;
}

/** @param {number} value −1 … 1 @param {number} height */
function across(value, height) {
  return (((1 - value) / 2) * height).toFixed(1);
}
