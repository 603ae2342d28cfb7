// @ts-check
// Numbers as text of fixed width, so that nothing on the page moves when a value changes.

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const MINUS = '−';

const [LEAST_PLAIN, LEAST_POWER] = [1e-3, 1e3]; // sizes: what lies between is written without a power of ten

/**
 * In few digits, without zeros that say nothing: 0.43, 1, 250, and as a power of ten where that is shorter, 2.5·10⁻⁴.
 * @param {number} value @param {number} [digits]  significant ones after the first
 */
export function scientific(value, digits = 1) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : `${MINUS}∞`;
  if (value === 0) return '0';
  const size = Math.abs(value);
  const [mantissa, exponent] = size.toExponential(digits).split('e').map(Number);
  const power = `${mantissa === 1 ? '' : `${mantissa}·`}10${superscript(exponent)}`;
  const isPlain = size >= LEAST_PLAIN && size < LEAST_POWER;
  return (value < 0 ? MINUS : '') + (isPlain ? String(Number(size.toFixed(Math.max(0, digits - exponent)))) : power);
}

/** As short as can be: 0.03, 12, 2·10⁻⁴. @param {number} value @param {number} [digits]  significant ones */
export function shortNumber(value, digits = 3) {
  const size = Math.abs(value);
  if (value !== 0 && (size < 0.001 || size >= 1e5)) return scientific(value, Number.isInteger(Math.log10(size)) ? 0 : 1);
  return (value < 0 ? MINUS : '') + String(Number(size.toPrecision(digits)));
}

/** @param {number} exponent */
export function superscript(exponent) {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return (exponent < 0 ? '⁻' : '') + digits;
}

/**
 * Fixed digits after the point, with a figure space in place of a plus: "−0.123", " 0.123"; as a power of ten where fixed
 * digits would be all zeros or too many.
 * @param {number} value @param {number} [digits]
 */
export function fixed(value, digits = 3) {
  const size = Math.abs(value);
  const small = size !== 0 && size < 10 ** -digits;
  const text = small || size >= 1e4 || !Number.isFinite(value) ? scientific(size) : size.toFixed(digits);
  return (value < 0 ? MINUS : '\u2007') + text;
}

/**
 * The exponent of the power of ten in which numbers up to the largest are written with two digits after the point. It is kept
 * while they can be read in it, so that it does not flicker.
 * @param {number} largest @param {number} now  the exponent so far
 */
export function unitFor(largest, now) {
  const scaled = largest / 10 ** now;
  return scaled === 0 || !Number.isFinite(scaled) || (scaled >= 0.1 && scaled < 100) ? now : Math.floor(Math.log10(largest));
}

/** At most five characters: "−0.43", "12.3". @param {number} value @param {number} exponent  of the power of ten it is written in */
export function inUnit(value, exponent) {
  if (!Number.isFinite(value)) return scientific(value);
  const size = Math.abs(value) / 10 ** exponent;
  const text = size.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
  return (value < 0 && Number(text) ? MINUS : '') + text;
}

/** 1, 2 or 5 times a power of ten, next above. @param {number} size */
export function niceStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= size * 0.999) ?? 10 * power;
}

/** @param {string} feature  a name of the Spec, as x1_squared @returns {string} in mathematical notation: x₁² */
export function featureLabel(feature) {
  return FEATURE_LABELS[feature] ?? feature;
}

/** @type {Record<string, string>} */
const FEATURE_LABELS = {
  x1: 'x₁', x2: 'x₂', x1_squared: 'x₁²', x2_squared: 'x₂²', x1_x2: 'x₁x₂', sin_x1: 'sin x₁', sin_x2: 'sin x₂',
};
