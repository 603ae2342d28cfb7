// @ts-check
// The dialog that says what the keys do and what the colors mean, with the switch that turns keys of one character off.
// Its words come when it is first opened.

import { translate, useTexts } from '../../core/i18n.js';

/** @param {HTMLDialogElement} dialog @param {HTMLElement} opener  its button */
export function mountHelp(dialog, opener) {
  const close = /** @type {HTMLElement} */ (dialog.querySelector('.close'));
  const letterKeys = /** @type {HTMLInputElement} */ (dialog.querySelector('[data-testid=letter-keys]'));
  opener.onclick = async () => {
    await useTexts('help/').catch(() => {}); // without words the keys stand there all the same
    translate(dialog);
    letterKeys.checked = document.documentElement.dataset.letterKeys !== 'off';
    dialog.showModal();
  };
  letterKeys.onchange = () => switchLetterKeys(letterKeys.checked);
  close.onclick = () => dialog.close();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  };
  return () => dialog.close();
}

/** On this device; pages/first-paint.js reads it. @param {boolean} areOn */
function switchLetterKeys(areOn) {
  document.documentElement.dataset.letterKeys = areOn ? 'on' : 'off';
  try {
    localStorage.setItem('letter-keys', areOn ? 'on' : 'off');
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
}
