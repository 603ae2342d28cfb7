// @ts-check
// Every gradient of a small network, by hand and by autograd side by side, with the largest difference.

import { scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';
import { differenceText, entryText, numberText } from './check_text.js';

const ROUNDING = 1e-7; // of the largest gradient: what the engine's own check lets two in float64 differ by

/** @typedef {import('../../wire/messages.js').CheckedStep} CheckedStep */

/** @param {HTMLElement} root  folded up, with a table @returns {{show: (check: CheckedStep | null) => void}} */
export function createGradientTable(root) {
  const summary = /** @type {HTMLElement} */ (root.querySelector('summary'));
  const body = /** @type {HTMLElement} */ (root.querySelector('tbody'));
  return {
    show(check) {
      const gradients = check?.gradients ?? [];
      root.hidden = gradients.length === 0;
      const gaps = gradients.map(({ hand, autograd }) => Math.abs((hand ?? Infinity) - (autograd ?? Infinity)));
      const largest = Math.max(0, ...gaps);
      const unit = Math.max(1e-12, ...gradients.map(({ autograd }) => Math.abs(autograd ?? 0)));
      summary.textContent = t('checked.all_gradients', { count: gradients.length, difference: scientific(largest) });
      root.dataset.value = String(largest);
      body.replaceChildren(...gradients.map((gradient, i) => {
        const row = document.createElement('tr');
        row.classList.toggle('wrong', gaps[i] > ROUNDING * unit);
        const texts = [entryText({ ...gradient, quantity: '' }), numberText(gradient.hand), numberText(gradient.autograd), differenceText(gaps[i])];
        row.append(...texts.map((text, column) => Object.assign(document.createElement(column ? 'td' : 'th'), { textContent: text })));
        return row;
      }));
    },
  };
}
