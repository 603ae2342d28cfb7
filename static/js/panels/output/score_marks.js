// @ts-check
// What the confusion matrices show on the map: switches for wrong points and predicted classes, and the points of the cell
// that the pointer or the focus is on; and what becomes of precision and recall where FP and FN are swapped.

import { t } from '../../core/i18n.js';
import { moveCell } from './cell_keys.js';

const SWITCHES = /** @type {const} */ ([['mark-wrong', 'markWrong'], ['mark-predicted', 'markPredicted']]);

/** @param {HTMLElement} root  of the scores @param {import('../../core/store.js').Store} store */
export function createScoreMarks(root, store) {
  const find = (/** @type {string} */ testid) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${testid}]`));
  const boxes = SWITCHES.map(([testid]) => /** @type {HTMLInputElement} */ (find(testid)));
  boxes.forEach((box, i) => { box.onchange = () => store.set({ [SWITCHES[i][1]]: box.checked }); });
  const matrices = /** @type {HTMLElement} */ (root.querySelector('.matrices'));
  /** @param {Event} event */
  const showCell = ({ target }) => store.set({ cell: cellOf(/** @type {Element} */ (target)) });
  const showNone = () => store.set({ cell: null });
  matrices.onpointerover = showCell;
  matrices.onpointerleave = showNone;
  matrices.addEventListener('focusin', showCell);
  matrices.addEventListener('focusout', showNone);
  matrices.addEventListener('keydown', moveCell);

  return {
    show() {
      boxes.forEach((box, i) => { box.checked = store.get(SWITCHES[i][1]); });
      const message = store.get('scores');
      /** @type {HTMLElement} */ (root.querySelector('.marks')).hidden = !message?.predicted;
      const [scores, counts] = [message?.scores.train, message?.confusion?.train];
      const swapped = find('swapped');
      swapped.hidden = store.get('preset') !== 'e4_mystery' || !scores || counts?.length !== 2;
      if (swapped.hidden || !scores || !counts) return;
      const three = (/** @type {number | null} */ value) => value?.toFixed(3) ?? '–';
      swapped.textContent = t('scores.swapped', { fp: counts[0][1], fn: counts[1][0], precision: three(scores.precision), recall: three(scores.recall) });
    },
    /** Nothing is pointed at any more. */
    leave: showNone,
  };
}

/** @param {Element} element */
function cellOf(element) {
  const cell = /** @type {HTMLElement | null} */ (element.closest('[data-cell]'));
  if (!cell) return null;
  const [own, predicted] = /** @type {string} */ (cell.dataset.cell).split('-').map(Number);
  return { set: /** @type {'train' | 'test'} */ (cell.closest('[data-testid=confusion-test]') ? 'test' : 'train'), own, predicted };
}
