// @ts-check
// B blanks the screen, and that of the wall, so that a class looks at its teacher; any key, a click or a touch brings it
// back and does nothing else.

import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} root  what covers everything
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @returns {() => void} undo
 */
export function mountBlankScreen(root, opener, store) {
  /** @type {AbortController | null} */
  let listening = null;

  function show() {
    listening?.abort();
    if (!store.get('blank')) {
      if (root.matches(':popover-open')) root.hidePopover();
      return;
    }
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
    store.set({ blank: false });
  }

  opener.onclick = () => store.set({ blank: true });
  const stop = store.watch(['blank'], show);
  if (store.get('blank')) show(); // as the other window is
  return () => {
    stop();
    listening?.abort();
    opener.onclick = null;
  };
}
