// @ts-check
// What is measured of each layer: on which scale it is shown, whether it belongs to the way back, and the value to go by.

/** @typedef {object} Quantity
 * @property {string} name      as the server calls it; the key of its words
 * @property {'log' | 'share'} scale
 * @property {boolean} backward  of gradients and updates; else of activations
 * @property {number | null} guide  what is usual
 */

/** @type {Quantity[]} */
export const QUANTITIES = [
  { name: 'norm', scale: 'log', backward: true, guide: null },
  { name: 'mean', scale: 'log', backward: true, guide: null },
  { name: 'largest', scale: 'log', backward: true, guide: null },
  { name: 'zeros', scale: 'share', backward: true, guide: null },
  { name: 'update_ratio', scale: 'log', backward: true, guide: 1e-3 },
  { name: 'saturated', scale: 'share', backward: false, guide: null },
  { name: 'dead_share', scale: 'share', backward: false, guide: null },
  { name: 'spread', scale: 'log', backward: false, guide: null },
];

/** @param {string} name */
export const quantityOf = (name) => QUANTITIES.find((quantity) => quantity.name === name) ?? QUANTITIES[0];

/** @typedef {{steps: number[], layers: (number | null)[][]}} Curves  a line for each layer */

/**
 * Its lines through time; the norm of the gradient is there at every step of the loss curve, the rest now and then.
 * @param {import('../../wire/messages.js').History} history @param {string} name @returns {Curves}
 */
export const curvesOf = ({ steps, gradient_norms: norms, measured }, name) =>
  (name === 'norm' ? { steps, layers: norms } : { steps: measured.steps, layers: measured.layers[name] ?? [] });

/** Whether there is a line and none ever leaves 0, so that a scale of decades has no place for it. @param {Curves} curves */
export const allZero = ({ layers }) =>
  layers.every((line) => line.every((value) => value === 0 || value === null)) && layers.some((line) => line.includes(0));

const FIRST_DECADE = -12; // gradients below it, and those from 10² on, are counted together

/**
 * The edges of a bar of the histogram, as powers of ten; −∞ and ∞ at both ends.
 * @param {number} bar @param {number} bars
 * @returns {[number, number]}
 */
export const decadesOf = (bar, bars) => [bar === 0 ? -Infinity : FIRST_DECADE + bar - 1, bar === bars - 1 ? Infinity : FIRST_DECADE + bar];
