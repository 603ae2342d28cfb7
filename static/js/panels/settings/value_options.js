// @ts-check
// Options for a few numbers to choose from.

/** @param {number} value  0.00001 and not 1e-5, as the numbers beside it are written */
export const plainNumber = (value) => value.toLocaleString('en', { maximumSignificantDigits: 15, useGrouping: false });

/** @param {string} value @param {string} text @returns {import('../../experiment/choice_options.js').Option} */
export const option = (value, text) => ({ value, text, disabled: false, group: '' });

/** The offered numbers, and the present one in its place. @param {number[]} offered  ascending @param {number} present */
export function valueOptions(offered, present) {
  const values = offered.includes(present) || present === 0 ? offered : [...offered, present].sort((a, b) => a - b);
  return values.map((value) => option(String(value), plainNumber(value)));
}
