// @ts-check
// The dialog that says what the keys do and what the colours mean.

/** @param {HTMLDialogElement} dialog @param {HTMLElement} opener  its button */
export function mountHelp(dialog, opener) {
  const close = /** @type {HTMLElement} */ (dialog.querySelector('.close'));
  opener.onclick = () => dialog.showModal();
  close.onclick = () => dialog.close();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  };
  return () => dialog.close();
}
