// @ts-check
// The hidden layers as short text, and buttons that open the menu of each layer, where the rest of it is set.

import { t } from '../../core/i18n.js';
import { readLayers, writeLayers } from '../../experiment/layers.js';

/** @param {string} id @param {import('./control_type.js').Change} change @returns {import('./control_type.js').Control} */
export function makeLayers(id, change) {
  const below = document.createElement('div');
  below.innerHTML = '<input type="text" class="typed" spellcheck="false" autocomplete="off"><p></p><div class="choices" data-testid="layer-menus"></div>';
  const [input, extras, menus] = /** @type {[HTMLInputElement, HTMLElement, HTMLElement]} */ ([...below.children]);
  input.id = input.dataset.testid = id;
  let showFault = (/** @type {string} */ _sentence) => {};
  input.onchange = () => {
    try {
      const layers = readLayers(input.value);
      showFault('');
      change(layers);
    } catch {
      showFault(t('settings.refused_layers'));
    }
  };
  return {
    beside: document.createElement('span'),
    below,
    show(now) {
      if (document.activeElement !== input) input.value = writeLayers(now);
      extras.textContent = now.length ? t('layer.extras') : '';
      showMenuButtons(menus, now.length);
    },
    disable: (disabled) => { input.disabled = disabled; },
    onFault: (show) => { showFault = show; },
  };
}

/** A button for the menu of each hidden layer. @param {HTMLElement} root @param {number} layers */
export function showMenuButtons(root, layers) {
  const names = Array.from({ length: layers }, (_, i) => t('network.layer', { layer: i + 1 }));
  if (root.dataset.names === String(names)) return;
  root.dataset.names = String(names);
  root.replaceChildren(...names.map((name, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.textContent = name;
    button.setAttribute('popovertarget', `layer-${i}-panel`);
    return button;
  }));
}
