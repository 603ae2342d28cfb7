// @ts-check
// The page's colours and sizes as numbers a canvas can use. The only place that reads them from CSS.

/** @typedef {[number, number, number]} RGB  0–255 each */
/**
 * @typedef {object} Palette
 * @property {RGB} negative @property {RGB} middle @property {RGB} positive   values −, 0, +
 * @property {RGB[]} classes   by number of the class, the first two being negative and positive
 * @property {string[]} runs  compared with this page's
 * @property {string} back    violet: gradients, updates, the chosen neuron
 * @property {string} ink @property {string} soft @property {string} line @property {string} panel @property {string} fill
 * @property {boolean} dark
 * @property {number} link   line widths, relative to those at a desk
 * @property {number} text @property {number} small   px
 * @property {string} font   the family
 */

/** @param {Element} element @returns {Palette} */
export function readPalette(element) {
  const style = getComputedStyle(element);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const panel = parseColor(of('--panel'));
  const [negative, positive] = [parseColor(of('--neg')), parseColor(of('--pos'))];
  return {
    negative,
    middle: parseColor(of('--mid')),
    positive,
    classes: [negative, positive, ...[2, 3, 4, 5, 6, 7].map((number) => parseColor(of(`--class-${number}`)))],
    runs: [1, 2, 3, 4, 5].map((number) => of(`--run-${number}`)),
    back: of('--back'),
    ink: of('--ink'),
    soft: of('--soft'),
    line: of('--line'),
    panel: of('--panel'),
    fill: of('--fill'),
    dark: luminance(panel) < 0.18,
    link: parseFloat(of('--link')) || 1,
    text: parseFloat(of('--text')) || 13,
    small: parseFloat(of('--small')) || 11.5,
    font: style.fontFamily,
  };
}

/** @param {string} css "#rgb" or "#rrggbb" @returns {RGB} @throws {Error} for anything else */
export function parseColor(css) {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(css);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(css);
  const parts = short ? short.slice(1).map((digit) => digit + digit) : long?.slice(1);
  if (!parts) throw new Error(`The palette holds ${css || 'nothing'} where a colour like #1f6db3 belongs`);
  return /** @type {RGB} */ (parts.map((part) => parseInt(part, 16)));
}

/** @param {RGB} from @param {RGB} to @param {number} share 0 … 1 @returns {RGB} */
export function mix(from, to, share) {
  return /** @type {RGB} */ (from.map((value, i) => value + (to[i] - value) * share));
}

/** @param {RGB} color @param {number} [alpha] */
export function cssColor(color, alpha = 1) {
  return `rgb(${color.map(Math.round).join(' ')} / ${alpha})`;
}

/** Relative luminance, 0 … 1 (WCAG 2.2). @param {RGB} color */
export function luminance(color) {
  const [r, g, b] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
