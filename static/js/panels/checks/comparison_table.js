// @ts-check
// What the coming step was compared with, what could not be compared, and how the entry that differs most was computed by each.

import { scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';
import { differenceText, entryText, failureText, numberText } from './check_text.js';

/** @typedef {import('../../wire/messages.js').Checked} Checked */
/** @typedef {import('../../wire/messages.js').CheckedStep} CheckedStep */
/** @typedef {import('../../wire/messages.js').Compared} Compared */

/** @param {HTMLElement} root */
export function createComparisonTable(root) {
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${id}]`));
  const body = /** @type {HTMLElement} */ (root.querySelector('tbody'));
  return {
    /** @param {Checked | null} checked */
    show(checked) {
      const check = checked && checked.state !== 'none' && checked.state !== 'failed' ? checked : null;
      find('checked-verdict').textContent = verdict(checked, check);
      body.replaceChildren(...(check?.compared ?? []).map(makeRow), ...(check?.silent ?? []).map(makeSilentRow));
      for (const by of /** @type {const} */ (['hand', 'autograd', 'differences'])) {
        const cell = find(`gradient-by-${by}`);
        cell.textContent = numberText(check?.gradient[by]);
        cell.dataset.value = String(check?.gradient[by] ?? '');
      }
      find('checked-kinks').textContent = check ? kinksText(check) : '';
    },
  };
}

/** @param {CheckedStep | null} check */
const valuesOf = (check) => ({ samples: check?.samples, tried: check?.tried, parameters: check?.parameters });

/** @param {Checked | null} checked @param {CheckedStep | null} check  the same, where a step was compared */
function verdict(checked, check) {
  if (checked?.state === 'failed') return failureText(checked);
  return t(`checked.verdict_${checked?.state ?? 'none'}`, { step: (checked?.step ?? 0) + 1, ...valuesOf(check), place: check ? entryText(check) : '' });
}

/** How many parameters sit at a kink of an activation, where finite differences mean nothing. @param {CheckedStep} check */
function kinksText(check) {
  const key = !check.tried ? `checked.no_differences.${check.rule}` : check.kinks ? 'checked.kinks' : 'checked.no_kinks';
  return t(key, { step: check.step + 1, ...valuesOf(check), kinks: check.kinks });
}

/** @param {Compared} compared */
function makeRow(compared) {
  const { witness, difference, agrees, tolerance, hand, other } = compared;
  const row = document.createElement('tr');
  row.dataset.testid = `compared-${witness}`;
  row.dataset.value = String(difference ?? Infinity);
  row.classList.toggle('wrong', !agrees);
  row.title = t('checked.row_title', { tolerance: scientific(tolerance), hand: numberText(hand), other: numberText(other) });
  row.append(makeCell('th', t(`checked.witness.${witness}`)), makeCell('td', `${agrees ? '✓' : '✗'} ${differenceText(difference)}`), makeCell('td', entryText(compared)));
  return row;
}

/** What could not be compared, and why. @param {import('../../wire/messages.js').Silence} silence */
function makeSilentRow({ witness, reason }) {
  const row = document.createElement('tr');
  row.dataset.testid = `silent-${witness}`;
  row.className = 'silent';
  const why = makeCell('td', t(`checked.silent.${reason}`));
  /** @type {HTMLTableCellElement} */ (why).colSpan = 2;
  row.append(makeCell('th', t(`checked.witness.${witness}`)), why);
  return row;
}

/** @param {string} kind @param {string} text */
const makeCell = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });
