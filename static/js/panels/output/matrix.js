// @ts-check
// Confusion matrix and ROC curve as tables and drawings that stand still while their numbers change.

import { markSvg } from '../../draw/plane/marks.js';
import { write } from '../../core/elements.js';
import { formatCount, t } from '../../core/i18n.js';

/**
 * Rows: what a sample is; columns: what the network says.
 * @param {HTMLElement} root
 * @param {number[][] | null} counts
 * @param {{names: string[], marks: boolean}} classes
 */
export function showMatrix(root, counts, { names, marks }) {
  const key = `${names.join()} ${marks} ${document.documentElement.lang}`;
  if (root.dataset.key !== key) {
    root.dataset.key = key;
    root.classList.toggle('many', names.length > 5);
    root.style.setProperty('--classes', String(names.length));
    const heading = (/** @type {number} */ i) => `<span class="of-class">${marks ? markSvg(i) : ''}${names[i]}</span>`;
    root.innerHTML = `<span class="axes">${t('scores.axes')}</span>${names.map((_, i) => heading(i)).join('')}${names
      .map((_, row) => heading(row) + names.map((__, column) => `<b class="${row === column ? 'right' : ''}" data-cell="${row}-${column}"></b>`).join('')).join('')}`;
  }
  const shown = (/** @type {number} */ count) => (names.length > 4 && count < 1e4 ? String(count || '·') : formatCount(count, 1e4)); // narrow cells
  const most = Math.max(1, ...(counts ?? []).flat());
  names.forEach((own, row) => names.forEach((said, column) => {
    const cell = /** @type {HTMLElement} */ (root.children[1 + names.length + row * (names.length + 1) + 1 + column]);
    const count = counts?.[row]?.[column];
    write(cell, count === undefined ? '–' : shown(count));
    cell.dataset.value = String(count ?? '');
    cell.style.setProperty('--share', String((count ?? 0) / most));
    const title = t(row === column ? 'scores.right' : 'scores.wrong', { count: formatCount(count ?? 0), own, said });
    if (cell.title !== title) cell.title = title;
  }));
}

const SIDE = 100;

/** The curve of true against false positives. @param {SVGElement} svg @param {{fpr: ArrayLike<number>, tpr: ArrayLike<number>} | null | undefined} roc */
export function showRoc(svg, roc) {
  const path = roc ? `M${Array.from(roc.fpr, (fpr, i) => `${(fpr * SIDE).toFixed(1)} ${((1 - roc.tpr[i]) * SIDE).toFixed(1)}`).join('L')}` : '';
  svg.setAttribute('d', path);
}
