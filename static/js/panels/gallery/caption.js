// @ts-check
// A line above the network that says what to look for in the chosen preset, as long as its experiment is shown.

import { t } from '../../core/i18n.js';
import { fillLinked } from '../../core/linked_text.js';
import { shownPreset } from '../../experiment/shown_preset.js';

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root @param {Store} store
 * @param {(testid: string) => HTMLElement} controlOf  of the page, by what the line calls it
 * @returns {() => void} undo
 */
export function mountCaption(root, store, controlOf) {
  function show() {
    const name = shownPreset(store);
    root.hidden = !name;
    document.body.classList.toggle('captioned', Boolean(name));
    if (!name) return;
    const [title, see] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('b, span')]);
    title.textContent = t(`preset.${name}`);
    fillLinked(see, t(`preset.${name}.see`), controlOf);
  }

  /** @type {HTMLElement} */ (root.querySelector('.close')).onclick = () => store.set({ preset: null });
  show();
  return store.watch(['presets', 'language', 'preset', 'spec', 'fields'], show);
}
