// @ts-check
// The inspector's title and buttons: back, close, the previous and the next sample of the batch.

import { t } from '../../core/i18n.js';
import { explanationOf } from './explanation.js';
import { idOf } from './subjects.js';

/** @type {[string, string][]} data-testid of a button → key of its label */
const LABELS = [
  ['inspector-back', 'inspector.back'], ['inspector-close', 'close'], ['sample-previous', 'inspector.sample_previous'], ['sample-next', 'inspector.sample_next'],
];

/** @typedef {import('../../wire/messages.js').Subject} Subject */

/**
 * @param {HTMLElement} root  with the buttons in it
 * @param {import('../../core/store.js').Store} store
 * @param {ReturnType<typeof import('./visited_subjects.js').createVisitedSubjects>} visited
 */
export function createHeader(root, store, visited) {
  const title = /** @type {HTMLElement} */ (root.querySelector('h2'));
  const [back, close, previous, next] = LABELS.map(([id]) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`)));

  /** @param {number} by */
  function changeSample(by) {
    const count = explanationOf(store)?.batch.length ?? 1;
    store.set({ sample: (store.get('sample') + by + count) % count });
  }
  back.onclick = () => visited.goBack();
  close.onclick = () => store.set({ inspected: null });
  previous.onclick = () => changeSample(-1);
  next.onclick = () => changeSample(1);
  title.onkeydown = ({ key }) => {
    if (/^[-−.\d]$/.test(key)) /** @type {HTMLElement | null} */ (root.querySelector('.fields input'))?.focus(); // a number typed on the title sets the value
  };

  return {
    labels() {
      [back, close, previous, next].forEach((button, i) => {
        button.title = t(LABELS[i][1]);
        button.setAttribute('aria-label', t(LABELS[i][1]));
      });
    },
    /** @param {Subject} subject @param {Subject | null} before */
    show(subject, before) {
      root.dataset.kind = subject.kind;
      root.dataset.id = idOf(subject);
      root.setAttribute('aria-label', t('inspector.title'));
      back.disabled = visited.isEmpty;
      if (before && idOf(before) === idOf(subject)) return;
      root.querySelector('.scroll')?.scrollTo(0, 0);
      title.focus({ preventScroll: true });
    },
  };
}
