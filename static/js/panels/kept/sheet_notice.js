// @ts-check
// One sentence within the sheet, which covers the page's own place for them; with Undo where something can be put back.

import { t } from '../../core/i18n.js';

/** @param {HTMLElement} root */
export function createSheetNotice(root) {
  const text = /** @type {HTMLElement} */ (root.querySelector('span'));
  const undo = /** @type {HTMLButtonElement} */ (root.querySelector('button'));

  /** @param {import('./kept_server.js').Fault} said @param {() => void} [putBack] */
  function say({ key, values }, putBack) {
    text.textContent = t(key, values);
    root.hidden = false;
    undo.hidden = !putBack;
    undo.onclick = () => { clear(); putBack?.(); };
  }
  function clear() { root.hidden = true; }

  return {
    say, clear,
    /** Says why not. @param {import('./kept_server.js').Answer<any>} answer @returns {boolean} whether it was done */
    isDone(answer) {
      if (answer.fault) say(answer.fault);
      else clear();
      return !answer.fault;
    },
  };
}
