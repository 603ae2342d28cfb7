// @ts-check
// What shapes the network and its descent: choices and ladders of rates. Everything else, and every exact value, stands
// among the settings.

import { idleReason } from '../../experiment/compatibility.js';
import { t } from '../../core/i18n.js';
import { fillOptions, optionsOf, reasonText } from '../../experiment/offers.js';

const LEARNING_RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const FIRST_PENALTY = 0.001; // the gentlest: choosing L1 or L2 must not flatten a run at once
const TYPED = 'typed'; // the option of a ladder that asks for a value of one's own

/** @param {number} value plain digits for the whole ladder, so 0.00001 and not 1e-5 */
const plain = (value) => value.toLocaleString('en', { maximumSignificantDigits: 15, useGrouping: false });

/** @param {string} value @param {string} text */
const option = (value, text) => ({ value, text, disabled: false, group: '' });

/** @param {number[]} ladder @param {number} value the ladder, and the value where it is not on it */
function rungs(ladder, value) {
  const values = ladder.includes(value) || value === 0 ? ladder : [...ladder, value].sort((a, b) => a - b);
  return values.map((rung) => option(String(rung), plain(rung)));
}

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountKnobs(root, store, send) {
  const find = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ (root.querySelector(`[data-testid=${id}]`));
  const rate = find('learning-rate');
  const typed = /** @type {HTMLInputElement} */ (root.querySelector('[data-testid=learning-rate-typed]'));
  const [kind, penalty] = [find('regularization'), find('regularization-rate')];
  /** @type {[string, HTMLSelectElement][]} */
  const choices = ['optimizer', 'activation', 'loss', 'initializer'].map((name) => [name, find(name)]);

  const configure = (/** @type {Record<string, unknown>} */ spec) => send({ type: 'configure', spec });
  for (const [name, select] of choices) select.onchange = () => configure({ [name]: select.value });

  /** @param {boolean} typing */
  function swap(typing) {
    typed.hidden = !typing;
    rate.hidden = typing;
  }
  rate.onchange = () => {
    if (rate.value !== TYPED) {
      configure({ learning_rate: Number(rate.value) });
      return;
    }
    typed.value = String(store.get('spec').learning_rate);
    swap(true);
    typed.select();
  };
  typed.onblur = () => {
    if (typed.hidden) return;
    const { learning_rate: field } = store.get('fields');
    const valid = typed.value !== '' && field.admits(typed.valueAsNumber);
    swap(false);
    if (valid) configure({ learning_rate: typed.valueAsNumber });
    else show();
  };
  typed.onkeydown = ({ key }) => {
    if (key !== 'Enter' && key !== 'Escape') return;
    if (key === 'Escape') typed.value = '';
    typed.blur();
    rate.focus();
  };

  const regularize = () => {
    const { l1, l2 } = store.get('spec');
    const value = Number(penalty.value) || l1 || l2 || FIRST_PENALTY;
    configure({ l1: kind.value === 'l1' ? value : 0, l2: kind.value === 'l2' ? value : 0 });
  };
  kind.onchange = regularize;
  penalty.onchange = regularize;

  const show = () => {
    const spec = store.get('spec');
    const fields = store.get('fields');
    if (!spec || !fields) return;
    for (const [name, select] of choices) {
      fillOptions(select, optionsOf(name, fields[name], spec, store.get('choices')), spec[name]);
      const why = idleReason(name, spec, store.get('choices'));
      select.disabled = why !== null;
      select.title = why ? reasonText(why) : t(`${name}.${spec[name]}`);
    }
    fillOptions(rate, [...rungs(LEARNING_RATES.filter(fields.learning_rate.admits), spec.learning_rate), option(TYPED, t('knobs.typed'))], String(spec.learning_rate));
    typed.min = '0';
    typed.max = String(fields.learning_rate.maximum);

    const { l1, l2 } = spec;
    const chosen = l1 && l2 ? 'both' : l1 ? 'l1' : l2 ? 'l2' : 'none';
    const kinds = ['none', 'l1', 'l2', ...(chosen === 'both' ? ['both'] : [])];
    fillOptions(kind, kinds.map((value) => option(value, t(`regularization.${value}`, { l1: plain(l1), l2: plain(l2) }))), chosen);
    kind.title = kind.selectedOptions[0].text;
    kind.classList.toggle('both', chosen === 'both');
    fillOptions(penalty, rungs(PENALTIES.filter(fields.l1.admits), l1 || l2), String(l1 || l2));
    /** @type {HTMLElement} */ (penalty.parentElement).hidden = chosen === 'none' || chosen === 'both';
  };
  show();
  return store.watch(['spec', 'fields', 'choices', 'language'], show);
}
