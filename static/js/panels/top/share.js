// @ts-check
// A button that copies an address with the whole experiment in it.

/** @param {string} text */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  throw new Error('the clipboard needs a secure address'); // a playground on a school's own network has none
}

/**
 * @param {HTMLElement} button
 * @param {import('../../core/store.js').Store} store
 * @param {() => string} publish  puts the experiment into the address bar; returns the whole address
 */
export function mountShare(button, store, publish) {
  button.onclick = async () => {
    const copied = await copy(publish()).then(() => true, () => false);
    store.set({ message: { kind: 'notice', key: copied ? 'share.copied' : 'share.shown' } });
  };
  return () => { button.onclick = null; };
}
