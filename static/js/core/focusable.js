// @ts-check
// Which elements can have the focus now.

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** @param {Element} element */
export const isShown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';

/** Neither disabled, hidden nor gone. @param {Element} element */
export const isUsable = (element) => element instanceof HTMLElement && isShown(element) && !element.matches(':disabled')
  && (element.tabIndex >= 0 || element.hasAttribute('tabindex'));

/** In the order of the page, with those that only scripts and arrow keys reach. @param {Element} root @returns {HTMLElement[]} */
export const focusablesIn = (root) => /** @type {HTMLElement[]} */ ([...root.querySelectorAll(FOCUSABLE)]).filter(isUsable);

/** Those that the Tab key reaches. @param {Element} root */
export const tabStopsIn = (root) => focusablesIn(root).filter((element) => element.tabIndex >= 0);
