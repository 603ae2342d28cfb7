// @ts-check
// How well the network does on points: accuracy where there are classes, and what the penalty adds to the loss.

import { formatLoss, formatPercent } from '../i18n.js';

/**
 * @param {HTMLElement} root
 * @param {import('../store.js').Store} store
 */
export function mountMetrics(root, store) {
  const metric = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${id}]`));
  const [train, test, penalty] = ['train-accuracy', 'test-accuracy', 'penalty'].map(metric);
  const penaltyBox = /** @type {HTMLElement} */ (penalty.parentElement);

  /** @param {HTMLElement} element @param {number | null | undefined} value @param {(value: number) => string} format */
  function put(element, value, format) {
    const known = value !== null && value !== undefined;
    element.textContent = known ? format(value) : '–';
    element.dataset.value = known ? String(value) : '';
  }

  const show = () => {
    const frame = store.get('frame');
    const spec = store.get('spec');
    put(train, frame?.train_accuracy, formatPercent);
    put(test, frame?.test_accuracy, formatPercent);
    put(penalty, frame?.penalty, formatLoss);
    penaltyBox.hidden = !spec || (spec.l1 === 0 && spec.l2 === 0);
    const classes = frame?.train_accuracy !== null;
    for (const accuracy of [train, test]) /** @type {HTMLElement} */ (accuracy.parentElement).hidden = !classes;
    /** @type {HTMLElement} */ (root.querySelector('.no-classes')).hidden = classes;
  };
  show();
  return store.watch(['frame', 'spec'], show);
}
