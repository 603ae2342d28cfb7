// @ts-check
// In the projector profile the knobs, the menus and the controls of the layers wait behind one button. Open, they lie over the
// chart; the network makes room above its columns.

import { overlayIsOpen } from '../../core/elements.js';

/**
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @returns {() => void} undo
 */
export function mountWallControls(opener, store) {
  const page = document.documentElement;
  /** @param {boolean} areOpen */
  function show(areOpen) {
    page.classList.toggle('controls-open', areOpen);
    opener.setAttribute('aria-expanded', String(areOpen));
    store.set({ wallControls: areOpen });
  }
  opener.onclick = () => store.get('profile') === 'projector' && show(!store.get('wallControls'));
  /** @param {KeyboardEvent} event */
  const close = (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !store.get('wallControls')) return;
    if (overlayIsOpen()) return; // Escape closes that one first
    event.preventDefault(); // and nothing else
    show(false);
    opener.focus();
  };
  document.addEventListener('keydown', close);
  const stop = store.watch(['profile', 'began'], () => show(false)); // a whole setup is to be seen
  return () => {
    stop();
    document.removeEventListener('keydown', close);
  };
}
