// @ts-check
// Numbers and places of a check, short enough for a chip and a table.

import { scientific, superscript } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('../../wire/messages.js').ComparedEntry} ComparedEntry */

/** @type {Record<string, string>} */
const SYMBOLS = {
  'layers.weight': 'W', 'layers.bias': 'b', 'norms.weight': 'γ', 'norms.bias': 'β', 'norms.running_mean': 'μ', 'norms.running_var': 'σ²',
};

/** Of what an optimizer remembers, as its formula writes it, and of updates. @type {Record<string, string>} */
const QUANTITIES = { velocity: 'v', sum: 's', square: 's', mean: 'm', m: 'm', v: 'v', v_max: 'u', momentum: 'b', updates: 'Δ' };

/** A difference in one digit, 3·10⁻⁷, a large one in two, 0.93; ∞ for one that is not finite. @param {number | null} value */
export function differenceText(value) {
  return value === null ? '∞' : scientific(value, value >= 0.095 ? 1 : 0);
}

/** Why there was no comparison, and that training goes on. @param {import('../../wire/messages.js').CheckFailed} check */
export function failureText({ step, reason, limit }) {
  return t(`checked.failed.${reason}`, { step: step + 1, limit: reason === 'memory' ? Math.round((limit ?? 0) / 1e6) : limit });
}

/** @param {number | null | undefined} value */
export const numberText = (value) => (value === null || value === undefined ? '–' : scientific(value, 6));

/** W⁽¹⁾, or m(W⁽¹⁾) of what an optimizer remembers of it, or the name of a counter. @param {ComparedEntry} entry */
export const tensorText = (entry) => placeText(entry, '');

/** W⁽¹⁾[2, 1], counted from 1; m(W⁽¹⁾[2, 1]); the name of a counter. @param {ComparedEntry} entry */
export const entryText = (entry) => placeText(entry, `[${entry.index.map((i) => i + 1).join(', ')}]`);

/** @param {ComparedEntry} entry @param {string} index */
function placeText({ tensor, quantity }, index) {
  if (!tensor) return t(`checked.counter.${quantity}`);
  const [kind, layer, part] = tensor.split('.');
  const place = `${SYMBOLS[`${kind}.${part}`]}⁽${superscript(Number(layer) + 1)}⁾${index}`;
  return quantity ? `${QUANTITIES[quantity]}(${place})` : place;
}
