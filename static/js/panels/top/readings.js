// @ts-check
// Where the run stands, in numbers of fixed width.

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
  function put(element, value, format) {
    const text = value === undefined ? '–' : format(value);
    write(element, text);
    element.classList.toggle('power', text.includes('·'));
    if (value === undefined) delete element.dataset.value;
    else element.dataset.value = String(value);
  }

  const short = (/** @type {number} */ value) => formatCount(value, 1e4);
  const show = () => {
    const state = store.get('state');
    const frame = store.get('frame');
    const now = frame ?? state;
    put(epoch, now?.epoch, (value) => formatCount(value, 1e5));
    put(steps, now?.step, formatCount);
    put(train, frame?.train_loss, formatLoss);
    put(test, frame?.test_loss, formatLoss);
    const known = state && !['lost', 'refused'].includes(store.get('connection'));
    put(pace, !known ? undefined : (state.playing ? Math.round(frame?.steps_per_second ?? 0) : 0), short);
  };
  show();
  return store.watch(['frame', 'state', 'connection'], show);
}
