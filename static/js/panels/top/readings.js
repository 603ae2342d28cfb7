// @ts-check
// Epoch, step, losses and pace of the run, in digits of fixed width. The training loss opens its arithmetic.

import { write } from '../../core/elements.js';
import { formatCount, formatLoss } from '../../core/i18n.js';
import { watchNumbers } from '../../core/throttle.js';

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 */
export function mountReadings(root, store) {
  const reading = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${id}]`));
  const [epoch, steps, train, test, pace] = ['epoch', 'steps', 'train-loss', 'test-loss', 'steps-per-second'].map(reading);

  const short = (/** @type {number} */ value) => formatCount(value, 1e4);
  train.onclick = () => store.set({ inspected: { kind: 'loss', layer: 0, index: 0, source: 0 } });

  const now = () => store.get('frame') ?? store.get('state');
  const hasTestSet = () => store.get('state')?.has_test_set ?? true;
  /** @type {[HTMLElement, () => number | undefined, (value: number) => string][]} */
  const numbers = [
    [epoch, () => now()?.epoch, short],
    [steps, () => now()?.step, formatCount],
    [train, () => store.get('frame')?.train_loss, formatLoss],
    [test, () => (hasTestSet() ? store.get('frame')?.test_loss : undefined), formatLoss],
    [pace, readPace, short],
  ];

  function readPace() {
    const state = store.get('state');
    if (!state || ['lost', 'refused'].includes(store.get('connection'))) return undefined;
    return state.playing ? Math.round(store.get('frame')?.steps_per_second ?? 0) : 0;
  }

  /** The values, of the very frame that is painted; they are not seen. */
  function mark() {
    for (const [element, read] of numbers) {
      const value = read();
      if (value === undefined) delete element.dataset.value;
      else element.dataset.value = String(value);
    }
  }

  function show() {
    for (const [element, read, format] of numbers) {
      const value = read();
      const text = value === undefined ? '–' : format(value);
      write(element, text);
      element.classList.toggle('power', text.includes('·'));
    }
    document.body.classList.toggle('unsplit', !hasTestSet()); // nothing of a test set is shown then
  }

  mark();
  show();
  const stops = [
    store.watch(['frame', 'state', 'connection'], mark),
    store.watch(['connection'], show),
    watchNumbers(store, show),
  ];
  return () => stops.forEach((stop) => stop());
}
