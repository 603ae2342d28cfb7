// @ts-check
// One sentence over the page: an error stays until it is closed, a notice goes by itself.

const NOTICE_STAYS = 8000; // milliseconds: two sentences, read slowly

/**
 * @param {HTMLElement} root
 * @param {import('../store.js').Store} store
 * @param {() => void} retry  tries the connection again
 */
export function mountMessage(root, store, retry) {
  const text = /** @type {HTMLElement} */ (root.querySelector('p'));
  const again = /** @type {HTMLButtonElement} */ (root.querySelector('.retry'));
  const close = /** @type {HTMLButtonElement} */ (root.querySelector('.close'));
  let timer = 0;

  const clear = () => store.set({ message: null });
  close.onclick = clear;
  again.onclick = () => {
    clear();
    retry();
  };

  const show = () => {
    const message = store.get('message');
    clearTimeout(timer);
    if (root.matches(':popover-open')) root.hidePopover();
    if (!message) return;
    root.setAttribute('role', message.kind === 'error' ? 'alert' : 'status');
    root.dataset.kind = message.kind;
    again.hidden = !message.retry;
    root.showPopover(); // on top of every dialog; filled afterwards, so that screen readers say it
    text.textContent = message.text;
    if (message.kind === 'notice') timer = setTimeout(clear, NOTICE_STAYS);
  };
  show();
  const stop = store.watch(['message'], show);
  return () => {
    stop();
    clearTimeout(timer);
  };
}
