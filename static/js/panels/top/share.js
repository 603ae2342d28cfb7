// @ts-check
// A button that copies an address with the whole experiment in it.

import { copyText } from '../../core/clipboard.js';

/**
 * @param {HTMLElement} button
 * @param {import('../../core/store.js').Store} store
 * @param {() => string} publish  puts the experiment into the address bar; returns the whole address
 */
export function mountShare(button, store, publish) {
  button.onclick = async () => {
    const copied = await copyText(publish());
    store.set({ message: { kind: 'notice', key: copied ? 'share.copied' : 'share.shown' } });
  };
  return () => { button.onclick = null; };
}
