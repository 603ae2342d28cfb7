// @ts-check
// A line above the network that says what to look for in the chosen preset, as long as its experiment is shown.

import { sameExperiment } from '../../experiment/compatibility.js';
import { hasText, t } from '../../core/i18n.js';
import { fillLinked } from '../../core/linked_text.js';

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

/** The chosen preset, if it is the experiment that is shown and has a line; '' else. @param {Store} store */
function shownPreset(store) {
  const preset = store.get('presets')?.find(({ name }) => name === store.get('preset'));
  const [spec, fields] = [store.get('spec'), store.get('fields')];
  const isShown = preset?.spec && spec && fields && sameExperiment(fields, preset.spec, spec);
  return isShown && hasText(`preset.${preset.name}.see`) ? preset.name : '';
}
