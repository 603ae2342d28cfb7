// @ts-check
// Numbers and places of a check, short enough for a chip and a table.

import { scientific, superscript } from '../../draw/base/numbers.js';

/** @type {Record<string, string>} */
const SYMBOLS = { 'layers.weight': 'W', 'layers.bias': 'b', 'norms.weight': 'γ', 'norms.bias': 'β' };

/** A difference, to one digit: 0.9, 3·10⁻⁷; ∞ for one that is not finite. @param {number | null} value */
export function differenceText(value) {
  if (value === null) return '∞';
  if (value === 0) return '0';
  return value >= 0.095 && value < 99.5 ? String(Number(value.toPrecision(2))) : scientific(value, 0);
}

/** @param {number | null | undefined} value */
export const numberText = (value) => (value === null || value === undefined ? '–' : scientific(value, 6));

/** layers.0.weight → W⁽¹⁾ @param {string} tensor */
export function symbolOf(tensor) {
  const [kind, layer, part] = tensor.split('.');
  return `${SYMBOLS[`${kind}.${part}`]}⁽${superscript(Number(layer) + 1)}⁾`;
}

/** W⁽¹⁾[2, 1], counted from 1. @param {import('../../wire/messages.js').Entry} entry */
export const entryText = ({ tensor, index }) => `${symbolOf(tensor)}[${index.map((i) => i + 1).join(', ')}]`;
