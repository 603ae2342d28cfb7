// @ts-check
// What each phase of a step is called, its formula, and how numbers stand beside the code that makes them.

import { fixed } from '../../draw/numbers.js';
import { CHOICES } from '../../formulas.js';
import { t } from '../../i18n.js';

const r = String.raw;
const SHOWN = 12; // numbers of a name; of more the first ones

/** @typedef {{name: string, layer: number | null, bound: Record<string, number[]>}} Phase */

/** "forward-0" @param {Phase} phase */
export const idOf = ({ name, layer }) => (layer === null ? name : `${name}-${layer}`);

/** @param {Phase} phase @param {number} layers  of weights */
export function nameOf({ name, layer }, layers) {
  const where = layer === layers - 1 ? t('phase.output') : t('phase.layer', { layer: (layer ?? 0) + 1 });
  return t(`phase.${name}`, { where });
}

/** In the words of draw/math.js. @param {Phase} phase @param {number} layers @param {any} spec @returns {string} */
export function formulaOf({ name, layer }, layers, spec) {
  const at = (layer ?? 0) + 1;
  if (name === 'batch') return r`B = \{i_1, i_2, …, i_n\}`;
  if (name === 'forward') return r`z^{(${at})} = W^{(${at})} ${at === 1 ? 'x' : `a^{(${at - 1})}`}${spec.biases ? ` + b^{(${at})}` : ''},\quad a^{(${at})} = f(z^{(${at})})`;
  if (name === 'loss') return CHOICES.loss[spec.loss][0];
  if (name === 'update') return CHOICES.optimizer[spec.optimizer].join(r`,\quad `);
  const from = at === layers ? r`\frac{∂L}{∂o}` : r`(W^{(${at + 1})})^\top \delta^{(${at + 1})}`;
  return r`\delta^{(${at})} = ${from} \odot f'(z^{(${at})}),\quad \frac{∂L}{∂W^{(${at})}} = \sum_{i \in B} \delta_i^{(${at})} {${at === 1 ? 'x_i' : `a_i^{(${at - 1})}`}}^\top`;
}

/** @param {number[]} values */
export function listed(values) {
  const shown = values.slice(0, SHOWN).map((value) => (value === null ? '–' : Number.isInteger(value) ? String(value) : fixed(value, 4).trim()));
  return values.length === 1 ? shown[0] : `[${shown.join(', ')}${values.length > SHOWN ? ', …' : ''}]`;
}
