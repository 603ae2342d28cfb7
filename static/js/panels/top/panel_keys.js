// @ts-check
// F6 and Shift+F6 lead from panel to panel, in the order of the page, each to where the focus was in it last. The link at the
// top of the page leads to the network in the same way.

import { isShown, isUsable, tabStopsIn } from '../../core/focusable.js';

const PANELS = '.panel, [popover]:popover-open';

/** @param {HTMLElement} skip  the link @param {HTMLElement} main  the panel it leads to @returns {() => void} undo */
export function mountPanelKeys(skip, main) {
  /** Of each panel, what had the focus last. @type {WeakMap<Element, HTMLElement>} */
  const focused = new WeakMap();
  const panels = () => [...document.querySelectorAll(PANELS)].filter((panel) => isShown(panel) && tabStopsIn(panel).length);
  /** @param {Element} panel */
  function enter(panel) {
    const last = focused.get(panel);
    (last && panel.contains(last) && isUsable(last) ? last : tabStopsIn(panel)[0])?.focus();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
    const all = panels();
    const here = all.findLastIndex((panel) => panel.contains(document.activeElement)); // a menu lies within its panel
    const from = here < 0 && event.shiftKey ? 0 : here;
    event.preventDefault(); // the browser would leave the page
    const next = all[(from + (event.shiftKey ? all.length - 1 : 1)) % all.length];
    if (next) enter(next);
  }
  /** @param {FocusEvent} event */
  function remember({ target }) {
    if (!(target instanceof HTMLElement)) return;
    const panel = target.closest(PANELS);
    if (panel) focused.set(panel, target);
  }
  skip.onclick = (event) => {
    event.preventDefault(); // the part of the address that it names is the experiment's
    enter(main);
  };
  document.addEventListener('keydown', press);
  document.addEventListener('focusin', remember);
  return () => {
    document.removeEventListener('keydown', press);
    document.removeEventListener('focusin', remember);
  };
}
