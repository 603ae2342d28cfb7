// @ts-check
// Small parts of elements that many views are made of.

/** @param {string} name  of templates/icons.html */
export const icon = (name) => `<svg class="icon"><use href="#icon-${name}"/></svg>`;

/** Touches the page only where the text is another. @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether a dialog or a popover is open that Escape closes; the message, the ring around the pointer, a title and a tip are none. */
export const overlayIsOpen = () => document.querySelector('dialog[open], [popover]:not(.message, .pointer-ring, .touch-title, .tip):popover-open') !== null;

const GAP = 6; // px between a popover and its button

/** Below its button, or above it where it has room only there, and right-aligned with it, within the window.
 * @param {HTMLElement} popover @param {HTMLElement} button */
export function placeBeside(popover, button) {
  const { top, bottom, right } = button.getBoundingClientRect();
  const lowest = innerHeight - popover.offsetHeight - GAP;
  const above = top - popover.offsetHeight - GAP;
  popover.style.top = `${bottom + GAP <= lowest ? bottom + GAP : Math.max(GAP, above >= GAP ? above : lowest)}px`;
  popover.style.left = `${Math.max(GAP, Math.min(right, innerWidth - GAP) - popover.offsetWidth)}px`;
}
