// @ts-check
// B blanks the screen, so that a class looks at its teacher; any key, a click or a touch brings it back and does nothing else.

import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} root  what covers everything
 * @param {HTMLElement} opener
 * @returns {() => void} undo
 */
export function mountBlankScreen(root, opener) {
  /** @type {AbortController | null} */
  let listening = null;

  function show() {
    opener.closest('dialog')?.close(); // what lies over it would keep it from clicks
    root.setAttribute('aria-label', t('blank.title'));
    root.showPopover();
    listening = new AbortController();
    for (const kind of ['keydown', 'pointerdown', 'click']) addEventListener(kind, wake, { capture: true, signal: listening.signal });
  }

  /** @param {Event} event */
  function wake(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === 'pointerdown') return; // its click follows, and is not to press what lies below
    if (event instanceof KeyboardEvent && ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    listening?.abort();
    root.hidePopover();
  }

  opener.onclick = show;
  return () => {
    listening?.abort();
    opener.onclick = null;
  };
}
