// @ts-check
// The confusion matrix as a grid of counts; only what changes is written.

import { markSvg } from '../../draw/plane/marks.js';
import { write } from '../../core/elements.js';
import { formatCount, t } from '../../core/i18n.js';

/** Names of the cells of two classes, the second of which is the positive one. */
const OF_TWO = [['TN', 'FP'], ['FN', 'TP']];

/**
 * Rows: true classes; columns: predicted classes.
 * @param {HTMLElement} root
 * @param {number[][] | null} counts
 * @param {{names: string[], marks: boolean}} classes
 */
export function showConfusionMatrix(root, counts, { names, marks }) {
  const key = `${names.join()} ${marks} ${document.documentElement.lang}`;
  if (root.dataset.key !== key) {
    root.dataset.key = key;
    root.classList.toggle('many', names.length > 5);
    root.style.setProperty('--classes', String(names.length));
    const heading = (/** @type {number} */ i) => `<span class="of-class">${marks ? markSvg(i) : ''}${names[i]}</span>`;
    root.innerHTML = `<span class="axes">${t('scores.axes')}</span>${names.map((_, i) => heading(i)).join('')}${names
      .map((_, row) => heading(row) + names.map((__, column) => `<b class="${row === column ? 'right' : ''}" data-cell="${row}-${column}" role="img" tabindex="${row || column ? -1 : 0}"${names.length === 2 ? ` data-name="${OF_TWO[row][column]}"` : ''}></b>`).join('')).join('')}`;
  }
  const shown = (/** @type {number} */ count) => (names.length > 4 && count < 1e4 ? String(count || '·') : formatCount(count, 1e4)); // narrow cells
  const most = Math.max(1, ...(counts ?? []).flat());
  names.forEach((actual, row) => names.forEach((predicted, column) => {
    const cell = /** @type {HTMLElement} */ (root.children[1 + names.length + row * (names.length + 1) + 1 + column]);
    const count = counts?.[row]?.[column];
    write(cell, count === undefined ? '–' : shown(count));
    cell.dataset.value = String(count ?? '');
    cell.style.setProperty('--share', String((count ?? 0) / most));
    const title = t(row === column ? 'scores.right' : 'scores.wrong', { count: count ?? 0, own: actual, predicted });
    if (cell.title === title) return;
    cell.title = title;
    cell.setAttribute('aria-label', title);
  }));
}
