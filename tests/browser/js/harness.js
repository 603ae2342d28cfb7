// @ts-check
// Tests of JavaScript modules, run by tests/browser/test_modules.py in a real Chromium: a file registers, `run` runs one.

/** @type {Map<string, () => void | Promise<void>>} */
const tests = new Map();

/** @param {string} name @param {() => void | Promise<void>} body */
export function test(name, body) {
  if (tests.has(name)) throw new Error(`two tests are called “${name}”`);
  tests.set(name, body);
}

/** @param {string} name */
export async function run(name) {
  const body = tests.get(name);
  if (!body) throw new Error(`there is no test “${name}”`);
  await body();
}

/** @param {unknown} holds @param {string} [otherwise] */
export function assert(holds, otherwise = 'it does not hold') {
  if (!holds) throw new Error(otherwise);
}

/** @param {unknown} given @param {unknown} expected @param {string} [what] */
export function equal(given, expected, what = 'value') {
  const [a, b] = [given, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}: ${a?.slice(0, 300)} and not ${b?.slice(0, 300)}`);
}

/** @param {number} given @param {number} expected @param {number} tolerance @param {string} [what] */
export function near(given, expected, tolerance, what = 'value') {
  if (!(Math.abs(given - expected) <= tolerance)) throw new Error(`${what}: ${given} and not ${expected} ± ${tolerance}`);
}

/** @param {() => unknown} body @param {RegExp} sentence */
export function refuses(body, sentence) {
  let said = null;
  try {
    body();
  } catch (fault) {
    said = String(fault);
  }
  if (said === null) throw new Error('it was not refused');
  if (!sentence.test(said)) throw new Error(`it was refused with: ${said}`);
}

/** As `refuses`, of what refuses in its own time. @param {() => Promise<unknown>} body @param {RegExp} sentence */
export async function refusesLater(body, sentence) {
  const fault = await body().then(() => null, String);
  refuses(() => { if (fault !== null) throw fault; }, sentence);
}

/** The light theme's colours without a page around. @type {import('/static/js/draw/base/palette.js').Palette} */
export const LIGHT = {
  negative: [212, 100, 10], middle: [246, 245, 242], positive: [31, 109, 179],
  classes: [[212, 100, 10], [31, 109, 179], [88, 160, 122], [101, 0, 92], [62, 49, 7], [178, 123, 196], [32, 23, 156], [59, 97, 77]],
  back: '#7a3aad', ink: '#17212b', soft: '#51606f',
  line: '#dde2e8', panel: '#ffffff', fill: '#eef1f4', dark: false, link: 1, text: 13, small: 11.5, font: 'sans-serif',
};

/** @type {import('/static/js/draw/base/palette.js').Palette} */
export const DARK = {
  ...LIGHT, negative: [255, 154, 77], middle: [29, 37, 46], positive: [98, 176, 245],
  classes: [[255, 154, 77], [98, 176, 245], [185, 242, 109], [216, 36, 58], [255, 205, 230], [143, 67, 255], [4, 113, 168], [170, 136, 139]],
  back: '#c795f0', ink: '#e9eef4', soft: '#9fb0c0',
  line: '#2a3541', panel: '#171e26', fill: '#202a34', dark: true,
};

/** @param {number} width @param {number} height @returns {CanvasRenderingContext2D} */
export function blankCanvas(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @returns {number[]} r, g, b, alpha */
export function pixelAt(context, x, y) {
  return [...context.getImageData(x, y, 1, 1).data];
}
