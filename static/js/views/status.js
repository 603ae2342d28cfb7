// @ts-check
// One sentence: what is going on. It changes when that changes and not with every step, so that it can be read aloud.

import { formatCount, t } from '../i18n.js';

/** @param {import('../store.js').Store} store */
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
 * @param {import('../store.js').Store} store
 */
export function mountStatus(root, store) {
  const text = /** @type {HTMLElement} */ (root.querySelector('[data-testid=status]'));
  const show = () => {
    const status = statusOf(store);
    const sentence = t(`status.${status}`, { step: formatCount(store.get('state')?.diverged ?? 0), why: status === 'stopped' ? t(`stopped.${store.get('state').stopped}`) : '' });
    if (text.textContent === sentence) return;
    root.dataset.status = status;
    text.textContent = sentence;
    root.title = sentence;
  };
  show();
  return store.watch(['connection', 'state', 'frame', 'language', 'restarted'], show);
}
