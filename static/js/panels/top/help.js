// @ts-check
// The dialog that says what the keys do and what the colours mean. Its words come when it is first opened.

import { translate, useTexts } from '../../core/i18n.js';

/** @param {HTMLDialogElement} dialog @param {HTMLElement} opener  its button */
export function mountHelp(dialog, opener) {
  const close = /** @type {HTMLElement} */ (dialog.querySelector('.close'));
  opener.onclick = async () => {
    await useTexts('help/').catch(() => {}); // without words the keys stand there all the same
    translate(dialog);
    dialog.showModal();
  };
  close.onclick = () => dialog.close();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  };
  return () => dialog.close();
}
