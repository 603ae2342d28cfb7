// @ts-check
// What the keys do and what the colours mean.

/** @param {HTMLElement} root */
export function mountHelp(root) {
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const opener = /** @type {HTMLElement} */ (document.querySelector('[data-testid=help]'));
  const close = /** @type {HTMLElement} */ (dialog.querySelector('.close'));
  opener.onclick = () => dialog.showModal();
  close.onclick = () => dialog.close();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  };
  return () => dialog.close();
}
