// @ts-check
// A ring around the pointer, so that a class sees where it is. Over everything, and nothing is kept from a click by it.

/**
 * @param {HTMLElement} ring
 * @param {HTMLElement} switcher
 * @returns {() => void} undo
 */
export function mountPointerRing(ring, switcher) {
  /** @type {AbortController | null} */
  let listening = null;

  function change() {
    switcher.setAttribute('aria-pressed', String(!listening));
    if (listening) {
      listening.abort();
      listening = null;
      ring.hidePopover();
      return;
    }
    listening = new AbortController();
    const { signal } = listening;
    ring.showPopover();
    addEventListener('pointermove', ({ clientX, clientY }) => { ring.style.translate = `${clientX}px ${clientY}px`; }, { capture: true, passive: true, signal });
    document.addEventListener('toggle', raise, { capture: true, signal });
  }

  /** What opens later lies over it in the browser's top layer. @param {Event} event */
  function raise(event) {
    if (event.target === ring || !listening) return;
    ring.hidePopover();
    ring.showPopover();
  }

  switcher.onclick = change;
  return () => {
    if (listening) change();
    switcher.onclick = null;
  };
}
