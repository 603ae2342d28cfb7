// @ts-check
// The whole set-up as an address, in the address bar and on the clipboard.

/** @param {string} text */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  throw new Error('the clipboard needs a secure address'); // a playground on a school's own network has none
}

/**
 * @param {HTMLElement} button
 * @param {import('../../core/store.js').Store} store
 * @param {() => string} publish  puts the set-up into the address bar and gives the whole address
 */
export function mountShare(button, store, publish) {
  button.onclick = async () => {
    const copied = await copy(publish()).then(() => true, () => false);
    store.set({ message: { kind: 'notice', key: copied ? 'share.copied' : 'share.shown' } });
  };
  return () => { button.onclick = null; };
}
