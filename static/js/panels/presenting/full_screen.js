// @ts-check
// A panel fills the screen and comes back: by its button, which shows where the pointer or the focus is, by F, by Escape.
// The browser's own full screen is asked for along with it, where there is one.

import { icon, overlayIsOpen } from '../../core/elements.js';
import { t } from '../../core/i18n.js';

/** @typedef {{panel: HTMLElement, place: (button: HTMLButtonElement) => void}} Fillable  place: puts the button where it belongs */

/**
 * @param {Record<string, Fillable>} fillables  by the name in the data-testid of the button
 * @param {import('../../core/store.js').Store} store
 * @returns {() => void} undo
 */
export function mountFullScreen(fillables, store) {
  const page = document.documentElement;
  /** @type {{panel: HTMLElement, button: HTMLButtonElement, before: Element | null} | null} */
  let filled = null;

  const buttons = Object.entries(fillables).map(([name, { panel, place }]) => {
    const button = makeButton(name);
    button.onclick = () => (filled ? leave() : fill(panel, button));
    place(button);
    return button;
  });

  /** @param {HTMLElement} panel @param {HTMLButtonElement} button */
  function fill(panel, button) {
    filled = { panel, button, before: document.activeElement };
    page.classList.add('filling');
    panel.classList.add('filled');
    panel.tabIndex = -1;
    if (!panel.contains(document.activeElement)) panel.focus({ preventScroll: true }); // what had the focus is hidden now
    page.requestFullscreen?.().catch(() => {}); // refused: it fills the window
    showWords();
  }

  function leave() {
    if (!filled) return;
    const { panel, button, before } = filled;
    filled = null;
    page.classList.remove('filling');
    panel.classList.remove('filled');
    panel.removeAttribute('tabindex');
    if (document.fullscreenElement === page) document.exitFullscreen().catch(() => {});
    if ([panel, document.body].some((element) => element === document.activeElement)) focusAgain(before, button);
    showWords();
  }

  const showWords = () => buttons.forEach((button) => label(button, button === filled?.button));
  const leaveBrowsers = () => { if (!document.fullscreenElement) leave(); };
  document.addEventListener('fullscreenchange', leaveBrowsers);
  const stopEscape = listenToEscape(() => filled && leave());
  showWords();
  const stops = [
    stopEscape,
    store.watch(['language'], showWords),
    store.watch(['profile', 'comparison', 'branchPictures', 'chart'], leave), // other panels take the places of these
  ];
  return () => {
    leave();
    stops.forEach((stop) => stop());
    document.removeEventListener('fullscreenchange', leaveBrowsers);
    buttons.forEach((button) => button.remove());
  };
}

/** @param {string} name */
function makeButton(name) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'button small fill-screen', innerHTML: icon('fit') });
  button.dataset.testid = `fullscreen-${name}`;
  return button;
}

/** @param {HTMLButtonElement} button @param {boolean} isFilled */
function label(button, isFilled) {
  button.title = t(isFilled ? 'fullscreen.leave' : 'fullscreen.fill');
  button.setAttribute('aria-label', button.title);
  button.setAttribute('aria-pressed', String(isFilled));
}

/** @param {Element | null} before  what had the focus @param {HTMLButtonElement} button */
function focusAgain(before, button) {
  const element = before instanceof HTMLElement && before !== document.body && before.isConnected ? before : button;
  element.focus({ preventScroll: true });
}

/** After everything in the panel that Escape closes. @param {() => unknown} leave @returns {() => void} undo */
function listenToEscape(leave) {
  /** @param {KeyboardEvent} event */
  const escape = (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || overlayIsOpen()) return;
    leave();
  };
  addEventListener('keydown', escape);
  return () => removeEventListener('keydown', escape);
}
