// @ts-check
// Above each hidden layer: how many neurons, one fewer, one more, and which activation.

import { activationPath, zeroPath } from '../../draw/activation_curve.js';
import { t } from '../../i18n.js';
import { keyed } from './keyed.js';

const ICON = { width: 20, height: 12 };

/**
 * @param {HTMLElement} root
 * @param {(change: (hidden: import('./shape.js').Layer[]) => import('./shape.js').Layer[]) => void} edit
 */
export function createHeads(root, edit) {
  const heads = keyed(root);

  /** @param {number} i @param {Partial<import('./shape.js').Layer> | ((layer: import('./shape.js').Layer) => Partial<import('./shape.js').Layer>)} change */
  const editLayer = (i, change) =>
    edit((hidden) => hidden.map((layer, k) => (k === i ? { ...layer, ...(typeof change === 'function' ? change(layer) : change) } : layer)));

  /** @param {number} i */
  function make(i) {
    const head = document.createElement('div');
    head.className = 'head';
    head.setAttribute('role', 'group');
    head.innerHTML = `
      <span class="count"><button type="button" data-testid="layer-${i}-remove">−</button><b></b><button type="button" data-testid="layer-${i}-add">+</button></span>
      <label class="activation"><svg width="${ICON.width}" height="${ICON.height}" viewBox="-1 -1 ${ICON.width + 2} ${ICON.height + 2}" aria-hidden="true"><path class="zero"/><path class="curve"/></svg><span></span><select data-testid="layer-${i}-activation"></select></label>`;
    const [remove, add] = head.querySelectorAll('button');
    remove.onclick = () => editLayer(i, ({ width }) => ({ width: width - 1 }));
    add.onclick = () => editLayer(i, ({ width }) => ({ width: width + 1 }));
    const select = /** @type {HTMLSelectElement} */ (head.querySelector('select'));
    select.onchange = () => editLayer(i, { activation: select.value || null });
    return head;
  }

  return {
    /**
     * @param {import('./shape.js').Shape} shape @param {import('../../draw/layout.js').NetworkLayout} layout
     * @param {import('./shape.js').Limits} limits @param {string[]} activations
     */
    arrange(shape, layout, limits, activations) {
      heads.begin();
      root.dataset.heads = layout.heads;
      shape.hidden.forEach(({ width, activation }, i) => {
        const head = heads.get(String(i), () => make(i));
        const column = layout.columns[i + 1];
        head.style.cssText = `left:${column.center}px;width:${Math.floor(layout.pitch) - 2}px;height:${layout.headHeight}px`;
        head.setAttribute('aria-label', t('network.layer', { layer: i + 1 }));
        const [remove, add] = head.querySelectorAll('button');
        label(remove, t('network.remove_neuron', { layer: i + 1 }), width <= 1 ? t('network.one_neuron') : '');
        label(add, t('network.add_neuron', { layer: i + 1 }), width >= limits.width ? t('network.most_neurons', { most: limits.width }) : '');
        const shown = activation ?? shape.activation;
        /** @type {HTMLElement} */ (head.querySelector('b')).textContent = String(width);
        const name = /** @type {HTMLElement} */ (head.querySelector('.activation'));
        name.classList.toggle('own', activation !== null);
        name.title = t(activation === null ? 'network.activation_default' : 'network.activation_own', { layer: i + 1, name: t(`activation.${shown}`) });
        /** @type {HTMLElement} */ (name.querySelector('span')).textContent = t(`activation.${shown}`);
        name.querySelector('.curve')?.setAttribute('d', activationPath(shown, ICON.width, ICON.height));
        name.querySelector('.zero')?.setAttribute('d', zeroPath(shown, ICON.width, ICON.height));
        offer(/** @type {HTMLSelectElement} */ (name.querySelector('select')), activation, shape.activation, activations, i);
      });
      heads.end();
    },
  };
}

/** @param {HTMLSelectElement} select @param {string | null} chosen @param {string} common @param {string[]} activations @param {number} layer */
function offer(select, chosen, common, activations, layer) {
  const choices = [['', t('network.as_all', { name: t(`activation.${common}`) })], ...activations.map((name) => [name, t(`activation.${name}`)])];
  const key = JSON.stringify(choices);
  if (select.dataset.choices !== key) {
    select.dataset.choices = key;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }
  select.value = chosen ?? '';
  select.setAttribute('aria-label', t('network.activation', { layer: layer + 1 }));
}

/** A button's name; where it can do nothing, why. @param {HTMLButtonElement} button @param {string} name @param {string} why */
export function label(button, name, why) {
  button.setAttribute('aria-label', name);
  button.title = why || name;
  button.disabled = why !== '';
}
