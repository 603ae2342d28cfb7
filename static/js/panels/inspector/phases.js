// @ts-check
// What each phase of a step is called, its formula, and how numbers stand beside the code that makes them.

import { fixed } from '../../draw/base/numbers.js';
import { CHOICES, SETTINGS } from '../../experiment/formulas.js';
import { t } from '../../core/i18n.js';

const r = String.raw;
export const AND = r`,\quad `;
const SHOWN = 12; // numbers of a name; of more the first ones

/** @typedef {{norm: 'none' | 'batch' | 'running', dropout: boolean, residual: boolean, residual_above: boolean}} Form  of a layer */
/** @typedef {{name: string, layer: number | null, bound: Record<string, number[]>, form: Form | null}} Phase  form: of forward and backward */

/** "forward-0" @param {Phase} phase */
export const idOf = ({ name, layer }) => (layer === null ? name : `${name}-${layer}`);

/** @param {Phase} phase @param {number} layers  of weights */
export function nameOf({ name, layer }, layers) {
  const where = layer === layers - 1 ? t('phase.output') : t('phase.layer', { layer: (layer ?? 0) + 1 });
  return t(`phase.${name}`, { where });
}

/** In the words of draw/math.js; of the layer as it is. @param {Phase} phase @param {number} layers @param {any} spec @returns {string} */
export function formulaOf(phase, layers, spec) {
  switch (phase.name) {
    case 'forward': return forward(phase, spec);
    case 'backward': return backward(phase, layers, spec);
    case 'loss': return lossOf(spec).join(AND);
    case 'gradient': return instead(spec);
    case 'update': return update(spec).join(AND);
    default: return r`B = \{i_1, i_2, …, i_n\}`;
  }
}

/** What enters a layer. @param {number} at  from 1 */
const entering = (at) => (at === 1 ? 'x' : `a^{(${at - 1})}`);

/** @param {Form} form  √ of the variance a norm goes by */
const deviation = ({ norm }) => (norm === 'batch' ? r`\sqrt{\sigma_B^2 + \epsilon}` : r`\sqrt{\sigma^2 + \epsilon}`);

/** @param {Phase} phase @param {any} spec */
function forward({ layer, form }, spec) {
  const at = (layer ?? 0) + 1;
  const { norm, dropout, residual } = /** @type {Form} */ (form);
  const lines = [r`z^{(${at})} = W^{(${at})} ${entering(at)}${spec.biases ? ` + b^{(${at})}` : ''}`];
  if (norm !== 'none') {
    lines.push(r`s^{(${at})} = \frac{z^{(${at})} - ${norm === 'batch' ? r`\mu_B` : r`\mu`}}{${deviation(/** @type {Form} */ (form))}}`);
    lines.push(r`n^{(${at})} = \gamma \odot s^{(${at})} + \beta`);
  }
  lines.push(r`a^{(${at})} = ${dropout ? r`m \odot ` : ''}f(${norm === 'none' ? 'z' : 'n'}^{(${at})})${residual ? ` + ${entering(at)}` : ''}`);
  if (dropout) lines.push(r`m \in \{0, \frac{1}{1 - p}\}`);
  return lines.join(AND);
}

/** @param {Phase} phase @param {number} layers @param {any} spec */
function backward({ layer, form }, layers, spec) {
  const at = (layer ?? 0) + 1;
  const { norm, dropout, residual_above } = /** @type {Form} */ (form);
  const lines = at === layers ? [scaled(CHOICES.loss[spec.loss][1], spec)] : [];
  const sent = at === layers ? r`\frac{∂L}{∂o}` : r`(W^{(${at + 1})})^\top \delta^{(${at + 1})}`;
  const from = residual_above ? r`(${sent} + \frac{∂L}{∂a^{(${at + 1})}})` : sent;
  const through = r`${from}${dropout ? r` \odot m` : ''} \odot f'(${norm === 'none' ? 'z' : 'n'}^{(${at})})`;
  if (norm === 'none') lines.push(r`\delta^{(${at})} = ${through}`);
  else {
    const common = norm === 'batch' ? r` - \frac{1}{|B|}\sum_B g - s^{(${at})} \odot \frac{1}{|B|}\sum_B g \odot s^{(${at})}` : '';
    lines.push(r`g = \gamma \odot ${through}`, r`\delta^{(${at})} = \frac{g${common}}{${deviation(/** @type {Form} */ (form))}}`);
  }
  return [...lines, r`\frac{∂L}{∂W^{(${at})}} = \sum_{i \in B} \delta_i^{(${at})} {${at === 1 ? 'x_i' : `a_i^{(${at - 1})}`}}^\top`].join(AND);
}

/** Without the mean where the reduction is the sum. @param {string} formula @param {any} spec */
const scaled = (formula, spec) => (spec.reduction === 'sum' ? formula.replaceAll(/\\frac\{(\d)\}\{n(?: k)?\}/g, (_, number) => (number === '1' ? '' : number)) : formula);

/** @param {any} spec */
function lossOf(spec) {
  const plain = scaled(CHOICES.loss[spec.loss][0], spec);
  return spec.optimizer === 'evolution' ? [r`\hat L = \frac{1}{2 m}\sum_j (L(w + \sigma e_j) + L(w - \sigma e_j))`, plain] : [plain];
}

/** What a rule has that sends nothing back. @param {any} spec */
function instead(spec) {
  if (spec.optimizer === 'evolution') return [CHOICES.optimizer.evolution[0], r`e_j \in \{-1, 1\}^N`].join(AND);
  return scaled(r`g_W = \frac{1}{n k}\sum_{i \in B} (o_i - y_i)\,x_i^\top${spec.biases ? r`,\quad g_b = \frac{1}{n k}\sum_{i \in B} (o_i - y_i)` : ''}`, spec);
}

/** Penalties, clipping, decay, the rule. @param {any} spec */
function update(spec) {
  const rule = { perceptron: CHOICES.optimizer.sgd, evolution: CHOICES.optimizer.sgd }[spec.optimizer] ?? CHOICES.optimizer[spec.optimizer];
  const decays = ['adamw', 'muon'].includes(spec.optimizer);
  return [
    ...(spec.l1 || spec.l2 ? [r`g \leftarrow g${spec.l1 ? r` + \lambda_1 \sign(w)` : ''}${spec.l2 ? r` + \lambda_2 w` : ''}`] : []),
    ...(spec.clip === 'none' ? [] : CHOICES.clip[spec.clip]),
    ...(spec.weight_decay && !decays ? SETTINGS.weight_decay : []),
    ...(spec.optimizer === 'rmsprop' && spec.centered ? [rule[0], ...SETTINGS.centered] : rule),
  ];
}

/** @param {number[]} values */
export function listed(values) {
  const shown = values.slice(0, SHOWN).map((value) => (value === null ? '–' : Number.isInteger(value) ? String(value) : fixed(value, 4).trim()));
  return values.length === 1 ? shown[0] : `[${shown.join(', ')}${values.length > SHOWN ? ', …' : ''}]`;
}
