// @ts-check
// Epoch, step, losses and pace of the run, in digits of fixed width. The training loss opens its arithmetic.

import { write } from '../../core/elements.js';
import { formatCount, formatLoss } from '../../core/i18n.js';

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 */
export function mountReadings(root, store) {
  const reading = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${id}]`));
  const [epoch, steps, train, test, pace] = ['epoch', 'steps', 'train-loss', 'test-loss', 'steps-per-second'].map(reading);

  /** @param {HTMLElement} element @param {number | undefined} value @param {(value: number) => string} format */
  function showNumber(element, value, format) {
    const text = value === undefined ? '–' : format(value);
    write(element, text);
    element.classList.toggle('power', text.includes('·'));
    if (value === undefined) delete element.dataset.value;
    else element.dataset.value = String(value);
  }

  const short = (/** @type {number} */ value) => formatCount(value, 1e4);
  const open = () => store.set({ inspected: { kind: 'loss', layer: 0, index: 0, source: 0 } });
  train.onclick = open;
  train.onkeydown = ({ key }) => void (key === 'Enter' && open());

  const show = () => {
    const state = store.get('state');
    const frame = store.get('frame');
    const now = frame ?? state;
    showNumber(epoch, now?.epoch, (value) => formatCount(value, 1e5));
    showNumber(steps, now?.step, formatCount);
    showNumber(train, frame?.train_loss, formatLoss);
    const split = state?.has_test_set ?? true;
    showNumber(test, split ? frame?.test_loss : undefined, formatLoss);
    document.body.classList.toggle('unsplit', !split); // nothing of a test set is shown then
    const known = state && !['lost', 'refused'].includes(store.get('connection'));
    showNumber(pace, !known ? undefined : (state.playing ? Math.round(frame?.steps_per_second ?? 0) : 0), short);
  };
  show();
  return store.watch(['frame', 'state', 'connection'], show);
}
