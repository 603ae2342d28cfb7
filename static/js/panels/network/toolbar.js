// @ts-check
// The panel's heading: what the links show, number labels on or off, how many hidden layers.

import { t } from '../../core/i18n.js';
import { createRovingGrid } from '../../core/roving_focus.js';
import { labelButton } from './button_label.js';
import { readLimits } from './shape.js';

/** @typedef {ReturnType<typeof createToolbar>} Toolbar */

/** @type {['weight' | 'gradient' | 'update', string][]} */
const LINK_VALUES = [['weight', 'network.weights'], ['gradient', 'network.gradients_short'], ['update', 'network.updates']];

/**
 * @param {HTMLElement} root  an empty heading
 * @param {HTMLElement} controls  of another panel, that have their place in the heading
 * @param {import('../../core/store.js').Store} store
 * @param {import('./edits.js').Edits} edits
 */
export function createToolbar(root, controls, store, edits) {
  root.innerHTML = `<span class="title"></span>
      <span class="seg" role="group">${LINK_VALUES.map(([kind]) => `<button type="button" data-testid="links-${kind}" class="${kind}"></button>`).join('')}<button type="button" data-testid="numbers" class="numbers"></button></span>
      <template></template>
      <span class="chip layers"><span data-field="hidden"><span class="restarts" hidden></span></span><button type="button" data-testid="remove-layer">−</button><span></span><button type="button" data-testid="add-layer">+</button></span>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  find('template').replaceWith(controls);
  const numbers = find('.numbers');
  const layerCount = find('.layers > button + span');
  const [removeLayer, addLayer] = /** @type {HTMLButtonElement[]} */ ([find('[data-testid=remove-layer]'), find('[data-testid=add-layer]')]);
  addLayer.onclick = edits.addLayer;
  removeLayer.onclick = edits.removeLayer;
  for (const [kind] of LINK_VALUES) find(`.seg .${kind}`).onclick = () => store.set({ links: kind });
  const seg = find('.seg');
  createRovingGrid(seg, () => /** @type {HTMLElement[]} */ ([...seg.children])).update();
  numbers.onclick = () => store.set({ numbers: !store.get('numbers') });

  return {
    showWords() {
      find('.title').textContent = t('network');
      seg.setAttribute('aria-label', t('network.links'));
      numbers.textContent = t('network.numbers');
      numbers.title = t('network.numbers_title');
      numbers.setAttribute('aria-pressed', String(store.get('numbers')));
      for (const [kind, key] of LINK_VALUES) {
        const button = find(`.seg .${kind}`);
        button.textContent = t(key);
        button.title = t(`network.${kind}_links`);
        button.setAttribute('aria-pressed', String(store.get('links') === kind));
      }
    },

    /** @param {number} count  hidden layers */
    showLayerCount(count) {
      const most = readLimits(store.get('schema')).layers;
      const words = store.get('profile') === 'projector' ? 'network.layer_count_short' : 'network.layer_count';
      layerCount.textContent = t(words, { count });
      labelButton(removeLayer, t('network.remove_layer'), count ? '' : t('network.no_layer'));
      labelButton(addLayer, t('network.add_layer'), count >= most ? t('network.most_layers', { most }) : '');
    },
  };
}
