// @ts-check
// The state of the run in a word or two, with a sentence as its title. It does not change from step to step, so that a
// screen reader can announce it.

import { write } from '../../core/elements.js';
import { hasText, t } from '../../core/i18n.js';

/** @param {import('../../core/store.js').Store} store */
function statusOf(store) {
  const connection = store.get('connection');
  const state = store.get('state');
  if (connection !== 'open') return connection;
  if (!state) return 'connecting';
  if (state.diverged !== null) return 'diverged';
  if (store.get('restarted')) return 'restarted';
  if (state.stopped && !state.playing) return 'stopped';
  if (state.playing) return 'training';
  return (store.get('frame') ?? state).step === 0 ? 'ready' : 'paused';
}

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 */
export function mountStatus(root, store) {
  const text = /** @type {HTMLElement} */ (root.querySelector('[data-testid=status]'));
  const show = () => {
    const status = statusOf(store);
    const state = store.get('state');
    const key = status === 'stopped' ? `status.stopped.${state?.stopped}` : `status.${status}`;
    const values = { step: state?.diverged ?? 0, why: status === 'stopped' ? t(`stopped.${state?.stopped}`) : '' };
    const words = t(key, values);
    root.dataset.status = status;
    root.title = hasText(`status.${status}.title`) ? t(`status.${status}.title`, values) : words;
    write(text, words);
  };
  show();
  return store.watch(['connection', 'state', 'frame', 'language', 'restarted'], show);
}
