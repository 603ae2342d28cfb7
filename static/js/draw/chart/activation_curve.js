// @ts-check
// Activations and their slopes: as functions, as a small drawing where a name does not fit, and as curves on [−5, 5].

const REACH = 3; // the small drawing is of −3 … 3
const POINTS = 48; // of a curve, evenly
const AFTER = 1e-9; // one more point right after 0, where step jumps

/** @typedef {{leaky_slope?: number, elu_alpha?: number}} Shapes */
/** @typedef {{value: (z: number, shapes: Shapes) => number, slope: (z: number, shapes: Shapes) => number}} Activation */

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** erf to 1.5·10⁻⁷ (Abramowitz and Stegun 7.1.26): finer than any pixel. @param {number} x */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

/** Share of a standard normal below z. @param {number} z */
const normal = (z) => (1 + erf(z / Math.SQRT2)) / 2;

/** @type {Record<string, Activation>} */
const ACTIVATIONS = {
  linear: { value: (z) => z, slope: () => 1 },
  step: { value: (z) => (z > 0 ? 1 : 0), slope: () => 0 },
  sigmoid: { value: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) },
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { value: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { value: (z, { leaky_slope: a = 0.01 }) => (z > 0 ? z : a * z), slope: (z, { leaky_slope: a = 0.01 }) => (z > 0 ? 1 : a) },
  elu: { value: (z, { elu_alpha: a = 1 }) => (z > 0 ? z : a * Math.expm1(z)), slope: (z, { elu_alpha: a = 1 }) => (z > 0 ? 1 : a * Math.exp(z)) },
  gelu: { value: (z) => z * normal(z), slope: (z) => normal(z) + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI) },
  silu: { value: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))) },
  softplus: { value: (z) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, z), slope: sigmoid },
};

/**
 * A curve over −reach … reach as an SVG path.
 * @param {(z: number) => number} curve @param {number} reach @param {number} width @param {(value: number) => number} across  value → y, px
 */
function pathOf(curve, reach, width, across) {
  const zs = Array.from({ length: POINTS + 1 }, (_, i) => (i / (POINTS / 2) - 1) * reach);
  zs.splice(POINTS / 2 + 1, 0, AFTER);
  const places = zs.map((z) => `${((z / reach + 1) * (width / 2)).toFixed(1)} ${across(curve(z)).toFixed(1)}`);
  return `M${places.join('L')}`;
}

/** Value → y of a small drawing that the curve fills. @param {string} name @param {number} height */
function iconScale(name, height) {
  const ends = [-REACH, -1, 0, REACH].map((z) => ACTIVATIONS[name].value(z, {}));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  return (/** @type {number} */ value) => height * (1 - (value - least) / (most - least));
}

/** @param {string} name @param {number} width @param {number} height px @returns {string} an SVG path, or nothing for a name it does not know */
export function activationPath(name, width, height) {
  if (!ACTIVATIONS[name]) return '';
  return pathOf((z) => ACTIVATIONS[name].value(z, {}), REACH, width, iconScale(name, height));
}

/** @param {string} name @param {number} width @param {number} height @returns {string} the line of value zero */
export function zeroPath(name, width, height) {
  return ACTIVATIONS[name] ? `M0 ${iconScale(name, height)(0).toFixed(1)}H${width}` : '';
}

/** Simplest first. */
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS);

/** @param {string} name @param {number} z @param {Shapes} shapes */
export const activationAt = (name, z, shapes) => ({ value: ACTIVATIONS[name].value(z, shapes), slope: ACTIVATIONS[name].slope(z, shapes) });

/** Value → y of a plot, from −1.5 at the bottom to 5.2 at the top, which has all of every curve. @param {number} value @param {number} height px */
const plotHeight = (value, height) => height * (1 - (value + 1.5) / 6.7);

/** Where a value at z lies in a plot. @param {number} z @param {number} value @param {number} width @param {number} height px @returns {[number, number]} */
export const plotPlace = (z, value, width, height) => [(z / 5 + 1) * (width / 2), plotHeight(value, height)];

/**
 * Curve and slope over [−5, 5].
 * @param {string} name @param {Shapes} shapes @param {number} width @param {number} height px
 */
export function activationPlot(name, shapes, width, height) {
  const across = (/** @type {number} */ value) => plotHeight(value, height);
  const { value, slope } = ACTIVATIONS[name];
  return {
    value: pathOf((z) => value(z, shapes), 5, width, across),
    slope: pathOf((z) => slope(z, shapes), 5, width, across),
    axes: `M0 ${across(0).toFixed(1)}H${width}M${width / 2} 0V${height}`,
  };
}
