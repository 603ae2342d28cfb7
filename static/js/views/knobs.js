// @ts-check
// What shapes the network and its descent: choices and ladders of rates. Exact values stand in settings.js.

import { t } from '../i18n.js';

const LEARNING_RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const FIRST_PENALTY = 0.001; // the gentlest: choosing L1 or L2 must not flatten a run at once

/** @typedef {{value: string, text: string, disabled?: boolean}} Option */

/** @param {number} value plain digits for the whole ladder, so 0.00001 and not 1e-5 */
const plain = (value) => value.toLocaleString('en', { maximumSignificantDigits: 15, useGrouping: false });

/**
 * Shows options and the chosen one; touches the page only where something is different.
 * @param {HTMLSelectElement} select
 * @param {Option[]} options
 * @param {string} chosen
 */
function fill(select, options, chosen) {
  const all = JSON.stringify(options);
  if (select.dataset.options !== all) {
    select.dataset.options = all;
    select.replaceChildren(...options.map(({ value, text, disabled }) => {
      const option = new Option(text, value);
      option.disabled = disabled ?? false;
      return option;
    }));
  }
  if (select.value !== chosen) select.value = chosen;
}

/** @param {number[]} ladder @param {number} value @returns {Option[]} the ladder, and the value where it is not on it */
function rungs(ladder, value) {
  const values = ladder.includes(value) || value === 0 ? ladder : [...ladder, value].sort((a, b) => a - b);
  return values.map((rung) => ({ value: String(rung), text: plain(rung) }));
}

/**
 * @param {HTMLElement} root
 * @param {import('../store.js').Store} store
 * @param {(command: import('../commands.js').Command) => void} send
 */
export function mountKnobs(root, store, send) {
  const find = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ (root.querySelector(`[data-testid=${id}]`));
  const rate = find('learning-rate');
  const [kind, penalty] = [find('regularization'), find('regularization-rate')];
  /** @type {[string, HTMLSelectElement][]} */
  const choices = ['optimizer', 'activation', 'loss', 'initializer'].map((name) => [name, find(name)]);

  const configure = (/** @type {Record<string, unknown>} */ spec) => send({ type: 'configure', spec });
  rate.onchange = () => configure({ learning_rate: Number(rate.value) });
  for (const [name, select] of choices) select.onchange = () => configure({ [name]: select.value });

  const regularize = () => {
    const { l1, l2 } = store.get('spec');
    const value = Number(penalty.value) || l1 || l2 || FIRST_PENALTY;
    configure({ l1: kind.value === 'l1' ? value : 0, l2: kind.value === 'l2' ? value : 0 });
  };
  kind.onchange = regularize;
  penalty.onchange = regularize;

  /** @param {string} name @param {string[]} options @param {boolean} regression @returns {Option[]} */
  const named = (name, options, regression) => options.map((value) => {
    const disabled = name === 'loss' && value === 'bce' && regression;
    return { value, text: t(disabled ? 'loss.bce.refused' : `${name}.${value}`), disabled };
  });

  const show = () => {
    const spec = store.get('spec');
    const fields = store.get('fields');
    if (!spec || !fields) return;
    const regression = store.get('datasets')?.[spec.dataset]?.regression === true;
    for (const [name, select] of choices) fill(select, named(name, fields[name].options, regression), spec[name]);
    fill(rate, rungs(LEARNING_RATES.filter(fields.learning_rate.admits), spec.learning_rate), String(spec.learning_rate));

    const { l1, l2 } = spec;
    const chosen = l1 && l2 ? 'both' : l1 ? 'l1' : l2 ? 'l2' : 'none';
    const kinds = ['none', 'l1', 'l2', ...(chosen === 'both' ? ['both'] : [])];
    fill(kind, kinds.map((value) => ({ value, text: t(`regularization.${value}`, { l1: plain(l1), l2: plain(l2) }) })), chosen);
    kind.title = kind.selectedOptions[0].text;
    kind.classList.toggle('both', chosen === 'both');
    fill(penalty, rungs(PENALTIES.filter(fields.l1.admits), l1 || l2), String(l1 || l2));
    /** @type {HTMLElement} */ (penalty.parentElement).hidden = chosen === 'none' || chosen === 'both';
  };
  show();
  return store.watch(['spec', 'fields', 'datasets', 'language'], show);
}
