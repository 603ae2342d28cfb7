// @ts-check
// Above each hidden layer: how many neurons, one fewer, one more, and what else it is made of, in short.

import { activationPath, zeroPath } from '../../draw/chart/activation_curve.js';
import { t } from '../../core/i18n.js';
import { keyed } from './keyed.js';
import { createMenu, summaryOf } from './menu.js';

const ICON = { width: 20, height: 12 };

/** @typedef {import('../../experiment/layers.js').Layer} Layer */

/**
 * @param {HTMLElement} root
 * @param {(change: (hidden: Layer[]) => Layer[]) => void} edit
 * @param {import('../../core/store.js').Store} store
 */
export function createHeads(root, edit, store) {
  const heads = keyed(root);
  /** @type {Map<HTMLElement, ReturnType<typeof createMenu>>} */
  const menus = new Map();

  /** @param {number} i @param {(layer: Layer) => Partial<Layer>} change */
  const editLayer = (i, change) => edit((hidden) => hidden.map((layer, k) => (k === i ? { ...layer, ...change(layer) } : layer)));

  /** @param {number} i */
  function make(i) {
    const head = document.createElement('div');
    head.className = 'head';
    head.setAttribute('role', 'group');
    head.innerHTML = `
      <span class="count"><button type="button" data-testid="layer-${i}-remove">−</button><b></b><button type="button" data-testid="layer-${i}-add">+</button></span>
      <button type="button" class="activation" data-testid="layer-${i}-menu" popovertarget="layer-${i}-panel"><svg width="${ICON.width}" height="${ICON.height}" viewBox="-1 -1 ${ICON.width + 2} ${ICON.height + 2}" aria-hidden="true"><path class="zero"/><path class="curve"/></svg><span></span></button>`;
    const [remove, add, opener] = head.querySelectorAll('button');
    remove.onclick = () => editLayer(i, ({ width }) => ({ width: width - 1 }));
    add.onclick = () => editLayer(i, ({ width }) => ({ width: width + 1 }));
    const menu = createMenu(i, opener, (change) => editLayer(i, () => change), () => edit((hidden) => hidden.filter((_, k) => k !== i)));
    menus.set(head, menu);
    head.append(menu.root);
    return head;
  }

  return {
    /**
     * @param {import('./shape.js').Shape} shape @param {import('../../draw/network/layout.js').NetworkLayout} layout
     * @param {import('./shape.js').Limits} limits @param {string[]} activations
     */
    arrange(shape, layout, limits, activations) {
      const [spec, facts] = [store.get('spec'), store.get('choices')];
      heads.begin();
      root.dataset.heads = layout.heads;
      spec.hidden.forEach((/** @type {Layer} */ layer, /** @type {number} */ i) => {
        const head = heads.get(String(i), () => make(i));
        const column = layout.columns[i + 1];
        head.style.cssText = `left:${column.center}px;width:${Math.floor(column.head) - 2}px;height:${layout.headHeight}px`;
        head.setAttribute('aria-label', t('network.layer', { layer: i + 1 }));
        const [remove, add, opener] = head.querySelectorAll('button');
        label(remove, t('network.remove_neuron', { layer: i + 1 }), layer.width <= 1 ? t('network.one_neuron') : '');
        label(add, t('network.add_neuron', { layer: i + 1 }), layer.width >= limits.width ? t('network.most_neurons', { most: limits.width }) : '');
        /** @type {HTMLElement} */ (head.querySelector('b')).textContent = String(layer.width);
        const summary = summaryOf(layer, spec.activation);
        opener.classList.toggle('own', layer.activation !== null);
        opener.classList.toggle('extras', summary.includes('·'));
        label(opener, t('layer.menu', { layer: i + 1, summary }), '');
        /** @type {HTMLElement} */ (opener.querySelector('span')).textContent = summary;
        const shown = layer.activation ?? spec.activation;
        opener.querySelector('.curve')?.setAttribute('d', activationPath(shown, ICON.width, ICON.height));
        opener.querySelector('.zero')?.setAttribute('d', zeroPath(shown, ICON.width, ICON.height));
        menus.get(head)?.show(layer, { spec, facts, most: limits.width, activations });
      });
      heads.end();
    },
  };
}

/** A button's name; where it can do nothing, why. @param {HTMLButtonElement} button @param {string} name @param {string} why */
export function label(button, name, why) {
  button.setAttribute('aria-label', name);
  button.title = why || name;
  button.disabled = why !== '';
}
