// @ts-check
// For a point outside the batch, which has no gradient in this step: the points that are in it, as buttons.

import { t } from '../../core/i18n.js';

/** @typedef {import('../../wire/messages.js').Subject} Subject */

/** @param {HTMLElement} sentence @param {HTMLElement} points @param {(subject: Subject) => void} goTo */
export function createNotInBatch(sentence, points, goTo) {
  /** @param {number} index  place in the training set */
  function makeButton(index) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.textContent = String(index + 1);
    button.setAttribute('aria-label', t('inspector.point', { number: index + 1 }));
    button.onclick = () => goTo({ kind: 'point', layer: 0, index, source: 0 });
    return button;
  }
  return {
    /** @param {Subject} subject @param {import('./explanation.js').Explanation} explanation */
    show({ kind }, { lines, step, batch }) {
      const isEmpty = lines.length === 0;
      sentence.hidden = points.hidden = !isEmpty;
      if (!isEmpty) return;
      sentence.textContent = t(kind === 'point' ? 'inspector.not_in_batch' : 'inspector.no_lines', { step });
      if (points.dataset.batch === batch.join()) return;
      points.dataset.batch = batch.join();
      points.replaceChildren(...batch.map(makeButton));
    },
  };
}
