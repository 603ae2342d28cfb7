// @ts-check
// What is known of a line of an explanation by its name, as `activation.tanh`: its group, its sentence, its formula.

import { hasText, t } from '../../core/i18n.js';
import { CHOICES } from '../../experiment/formulas.js';

/** @typedef {import('../../wire/messages.js').Line} Line */

/** Which part of a step a line belongs to; lines that are not listed belong to the forward pass. @type {Record<string, string[]>} */
const GROUPS = {
  backward: ['loss_slope', 'sent_back', 'delta', 'through_norm', 'gradient', 'cancelling', 'cancelled', 'rounded', 'chain', 'evolution', 'perceptron', 'squares', 'root_of_squares'],
  limits: ['penalty', 'clip_factor', 'clip_norm', 'clip_value'],
  memory: ['velocity', 'ahead', 'sum', 'square', 'mean', 'spread', 'm', 'v', 'v_max', 'm_hat', 'v_hat', 'muon_momentum', 'muon_ahead', 'orthogonalised'],
  update: ['rate', 'decayed_rate', 'root', 'step', 'new'],
};
/** Lines that apply a chosen function: the field it is chosen by, and which of its formulas. @type {Record<string, [string, number]>} */
const FORMULAS = { activation: ['activation', 0], slope: ['activation', 1], point: ['loss', 0], loss_slope: ['loss', 1] };
const MEAN = /\\frac\{1\}\{n( k)?\}\\sum/; // what a batch's loss has before the loss of one point

/** @param {string} name */
const parts = (name) => {
  const [base, choice] = name.split('.');
  return { base, choice, formula: choice ? FORMULAS[base] : undefined };
};

/** @param {string} name */
export const groupOf = (name) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(parts(name).base)) ?? 'forward';

/** What the line computes, as a sentence. @param {string} name */
export function sentenceOf(name) {
  const { base, choice, formula } = parts(name);
  const key = hasText(`explain.${name}`) ? `explain.${name}` : `explain.${base}`;
  return t(key, { name: formula ? t(`${formula[0]}.${choice}`) : '' });
}

/** In the notation of draw/math/math.js. @param {string} name @returns {string | undefined} */
export function formulaOf(name) {
  const { base, choice, formula } = parts(name);
  return formula && CHOICES[formula[0]][choice]?.[formula[1]].replace(base === 'point' ? MEAN : '', '');
}

/** Equal for lines that the same elements can show. @param {Line[]} lines */
export function structureOf(lines) {
  return lines.map(({ name, op, main, terms }) => `${name} ${op} ${main} ${terms.map(({ subject, factors }) => `${subject?.kind ?? '-'}${factors.length}`).join()}`).join(';');
}
