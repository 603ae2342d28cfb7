// @ts-check
// The focus stays on the page when what has it is disabled, hidden or removed: after a key it goes to the nearest neighbour,
// else to what had it before; after the mouse to the panel, where keys are the page's own.

import { focusablesIn, isUsable } from '../../core/focusable.js';

const MOST_VISITED = 16;
const PANEL = '.panel, [popover], dialog';
const WATCHED = { attributes: true, attributeFilter: ['disabled', 'hidden', 'class', 'style', 'tabindex'], childList: true };

/** @param {HTMLElement} main  the panel that gets the focus where nothing else can @returns {() => void} undo */
export function keepFocus(main) {
  /** What had the focus, and its neighbours then; the newest last. @type {{element: HTMLElement, near: HTMLElement[]}[]} */
  let visited = [];
  /** @type {HTMLElement | null} what has the focus; null: a person has taken it from the page */
  let kept = null;
  let byKey = false;
  let asked = 0;
  const checkSoon = () => { asked ||= requestAnimationFrame(check); };
  const observer = new MutationObserver(checkSoon);

  function check() {
    asked = 0;
    const active = document.activeElement;
    if (!kept || (active && active !== document.body && isUsable(active))) return;
    if (isUsable(kept)) { // it was left, not lost
      kept = null;
      return;
    }
    const next = visited.reverse().flatMap(({ element, near }) => [element, ...near]).find(isUsable);
    visited = [];
    if (byKey && next) next.focus();
    else focusPanel(next?.closest(PANEL) ?? main);
  }

  /** @param {FocusEvent} event */
  function remember({ target }) {
    if (!(target instanceof HTMLElement) || target === kept) return;
    kept = target;
    visited = [...visited.filter(({ element }) => element !== target), { element: target, near: neighboursOf(target) }].slice(-MOST_VISITED);
    observer.disconnect();
    for (let node = /** @type {HTMLElement | null} */ (target); node; node = node.parentElement) observer.observe(node, WATCHED);
  }
  const pressed = () => { byKey = true; };
  const pointed = () => { byKey = false; };
  document.addEventListener('focusin', remember);
  document.addEventListener('focusout', checkSoon);
  document.addEventListener('keydown', pressed, { capture: true });
  document.addEventListener('pointerdown', pointed, { capture: true });
  return () => {
    observer.disconnect();
    cancelAnimationFrame(asked);
    document.removeEventListener('focusin', remember);
    document.removeEventListener('focusout', checkSoon);
    document.removeEventListener('keydown', pressed, { capture: true });
    document.removeEventListener('pointerdown', pointed, { capture: true });
  };
}

/** In the same panel, those after an element and then those before it. @param {HTMLElement} element */
function neighboursOf(element) {
  const all = focusablesIn(element.closest(PANEL) ?? document.body);
  const at = all.indexOf(element);
  const near = (/** @type {HTMLElement} */ one) => Number(element.parentElement !== one.parentElement); // its own group first
  return [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0)).reverse()].sort((a, b) => near(a) - near(b));
}

/** @param {Element} panel */
function focusPanel(panel) {
  if (!(panel instanceof HTMLElement)) return;
  panel.tabIndex = -1;
  panel.addEventListener('blur', () => panel.removeAttribute('tabindex'), { once: true }); // a click on it would focus it
  panel.focus({ preventScroll: true });
}
