// @ts-check
// Small parts of elements that many views are made of.

/** @param {string} name  of templates/icons.html */
export const icon = (name) => `<svg class="icon"><use href="#icon-${name}"/></svg>`;

/** Touches the page only where the text is another. @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether a dialog or a popover is open that Escape closes; the message is none. */
export const overlayIsOpen = () => document.querySelector('dialog[open], [popover]:not(.message):popover-open') !== null;
