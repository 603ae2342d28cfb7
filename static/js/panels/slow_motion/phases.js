// @ts-check
// The phases of a training step: their names, their formulas, and the numbers beside the code that computes them.

import { fixed } from '../../draw/base/numbers.js';
import { CHOICES, SETTINGS } from '../../experiment/formulas.js';
import { t } from '../../core/i18n.js';

const r = String.raw;
export const SEPARATOR = r`,\quad `;
const MOST_SHOWN = 12; // numbers of one name in the code; the rest is left out

/** @typedef {import('../../wire/messages.js').LayerForm} LayerForm */
/** @typedef {import('../../wire/messages.js').Phase} Phase */
/** @typedef {import('../../wire/messages.js').Spec} Spec */

/** "forward-0" @param {Phase} phase */
export const phaseId = ({ name, layer }) => (layer === null ? name : `${name}-${layer}`);

/** How many layers of weights the network has. @param {Phase[]} phases */
export const layerCount = (phases) => phases.filter(({ name }) => name === 'forward').length;

/** @param {Phase} phase @param {number} layers  that have weights */
export function phaseName({ name, layer }, layers) {
  const where = layer === layers - 1 ? t('phase.output') : t('phase.layer', { layer: (layer ?? 0) + 1 });
  return t(`phase.${name}`, { where });
}

/** In the notation of draw/math/math.js, with what this layer has: norm, dropout, residual link. @param {Phase} phase @param {number} layers @param {Spec} spec @returns {string} */
export function formulaOf(phase, layers, spec) {
  switch (phase.name) {
    case 'forward': return forwardFormula(phase, layers, spec);
    case 'backward': return backwardFormula(phase, layers, spec);
    case 'loss': return lossFormulas(spec).join(SEPARATOR);
    case 'gradient': return gradientFreeRule(spec);
    case 'update': return updateFormulas(spec).join(SEPARATOR);
    default: return r`B = \{i_1, i_2, …, i_n\}`;
  }
}

/** @param {number} at  layer, from 1 */
const layerInput = (at) => (at === 1 ? 'x' : `a^{(${at - 1})}`);

/** What batch norm divides by: of the batch, or the running one. @param {LayerForm} form */
const standardDeviation = ({ norm }) => (norm === 'batch' ? r`\sqrt{\sigma_B^2 + \epsilon}` : r`\sqrt{\sigma^2 + \epsilon}`);

/** @param {Phase} phase @param {number} layers @param {Spec} spec */
function forwardFormula({ layer, form }, layers, spec) {
  const at = (layer ?? 0) + 1;
  const { norm, dropout, residual } = /** @type {LayerForm} */ (form);
  const lines = [r`z^{(${at})} = W^{(${at})} ${layerInput(at)}${spec.biases ? ` + b^{(${at})}` : ''}`];
  if (norm !== 'none') {
    lines.push(r`s^{(${at})} = \frac{z^{(${at})} - ${norm === 'batch' ? r`\mu_B` : r`\mu`}}{${standardDeviation(/** @type {LayerForm} */ (form))}}`);
    lines.push(r`n^{(${at})} = \gamma \odot s^{(${at})} + \beta`);
  }
  lines.push(r`${at === layers ? 'o' : `a^{(${at})}`} = ${dropout ? r`m \odot ` : ''}f(${norm === 'none' ? 'z' : 'n'}^{(${at})})${residual ? ` + ${layerInput(at)}` : ''}`);
  if (dropout) lines.push(r`m \in \{0, \frac{1}{1 - p}\}`);
  return lines.join(SEPARATOR);
}

/** @param {Phase} phase @param {number} layers @param {Spec} spec */
function backwardFormula({ layer, form }, layers, spec) {
  const at = (layer ?? 0) + 1;
  const { norm, dropout, residual_above } = /** @type {LayerForm} */ (form);
  const lines = at === layers ? [reduced(CHOICES.loss[spec.loss][1], spec)] : [];
  const fromAbove = at === layers ? r`\frac{∂L}{∂o}` : r`(W^{(${at + 1})})^\top \delta^{(${at + 1})}`;
  const outputGradient = residual_above ? r`(${fromAbove} + \frac{∂L}{∂a^{(${at + 1})}})` : fromAbove;
  const preactivationGradient = r`${outputGradient}${dropout ? r` \odot m` : ''} \odot f'(${norm === 'none' ? 'z' : 'n'}^{(${at})})`;
  if (norm === 'none') lines.push(r`\delta^{(${at})} = ${preactivationGradient}`);
  else {
    const batchTerms = norm === 'batch' ? r` - \frac{1}{|B|}\sum_B g - s^{(${at})} \odot \frac{1}{|B|}\sum_B g \odot s^{(${at})}` : '';
    lines.push(r`g = \gamma \odot ${preactivationGradient}`, r`\delta^{(${at})} = \frac{g${batchTerms}}{${standardDeviation(/** @type {LayerForm} */ (form))}}`);
  }
  return [...lines, r`\frac{∂L}{∂W^{(${at})}} = \sum_{i \in B} \delta_i^{(${at})} {${at === 1 ? 'x_i' : `a_i^{(${at - 1})}`}}^\top`].join(SEPARATOR);
}

/** A loss or gradient with the Spec's reduction: without the mean where it is the sum. @param {string} formula @param {Spec} spec */
const reduced = (formula, spec) => (spec.reduction === 'sum' ? formula.replaceAll(/\\frac\{(\d)\}\{n(?: k)?\}/g, (_, number) => (number === '1' ? '' : number)) : formula);

/** @param {Spec} spec */
function lossFormulas(spec) {
  const loss = reduced(CHOICES.loss[spec.loss][0], spec);
  return spec.optimizer === 'evolution' ? [r`\hat L = \frac{1}{2 m}\sum_j (L(w + \sigma e_j) + L(w - \sigma e_j))`, loss] : [loss];
}

/** Of the optimizers that backpropagate nothing. @param {Spec} spec */
function gradientFreeRule(spec) {
  if (spec.optimizer === 'evolution') return [CHOICES.optimizer.evolution[0], r`e_j \in \{-1, 1\}^N`].join(SEPARATOR);
  return reduced(r`g_W = \frac{1}{n k}\sum_{i \in B} (o_i - y_i)\,x_i^\top${spec.biases ? r`,\quad g_b = \frac{1}{n k}\sum_{i \in B} (o_i - y_i)` : ''}`, spec);
}

/** Penalties, clipping, weight decay, the optimizer's rule. @param {Spec} spec */
function updateFormulas(spec) {
  const rule = CHOICES.optimizer[['perceptron', 'evolution'].includes(spec.optimizer) ? 'sgd' : spec.optimizer]; // what they put in the place of a gradient is used as SGD does
  const decays = ['adamw', 'muon'].includes(spec.optimizer);
  return [
    ...(spec.l1 || spec.l2 ? [r`g \leftarrow g${spec.l1 ? r` + \lambda_1 \sign(w)` : ''}${spec.l2 ? r` + \lambda_2 w` : ''}`] : []),
    ...(spec.clip === 'none' ? [] : CHOICES.clip[spec.clip]),
    ...(spec.weight_decay && !decays ? SETTINGS.weight_decay : []),
    ...(spec.optimizer === 'rmsprop' && spec.centered ? [rule[0], ...SETTINGS.centered] : rule),
  ];
}

/** @param {number[]} values */
export function formatValues(values) {
  const shown = values.slice(0, MOST_SHOWN).map((value) => (value === null ? '–' : Number.isInteger(value) ? String(value) : fixed(value, 4).trim()));
  return values.length === 1 ? shown[0] : `[${shown.join(', ')}${values.length > MOST_SHOWN ? ', …' : ''}]`;
}
