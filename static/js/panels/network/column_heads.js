// @ts-check
// The column heads, above each hidden layer: how many neurons, one fewer, one more, and a button with a summary of the layer
// that opens its menu.

import { activationPath, zeroPath } from '../../draw/chart/activation_curve.js';
import { t } from '../../core/i18n.js';
import { labelButton } from './button_label.js';
import { keyedChildren } from './keyed_children.js';
import { createLayerMenu, summaryOf } from './layer_menu.js';
import { readActivations, readLimits } from './shape.js';

const ICON = { width: 20, height: 12 };

/** @typedef {import('../../wire/messages.js').Layer} Layer */

/**
 * @param {HTMLElement} root
 * @param {(change: (hidden: Layer[]) => Layer[]) => void} edit
 * @param {import('../../core/store.js').Store} store
 */
export function createColumnHeads(root, edit, store) {
  const heads = keyedChildren(root);
  /** @type {Map<HTMLElement, ReturnType<typeof createLayerMenu>>} */
  const menus = new Map();

  /** @param {number} i */
  function make(i) {
    const head = document.createElement('div');
    head.className = 'head';
    head.setAttribute('role', 'group');
    head.innerHTML = `
      <span class="count"><button type="button" data-testid="layer-${i}-remove">−</button><b></b><button type="button" data-testid="layer-${i}-add">+</button></span>
      <button type="button" class="activation" data-testid="layer-${i}-menu" popovertarget="layer-${i}-panel"><svg width="${ICON.width}" height="${ICON.height}" viewBox="-1 -1 ${ICON.width + 2} ${ICON.height + 2}" aria-hidden="true"><path class="zero"/><path class="curve"/></svg><span></span></button>`;
    /** @param {(layer: Layer) => Partial<Layer>} change */
    const editLayer = (change) => edit((hidden) => hidden.map((layer, k) => (k === i ? { ...layer, ...change(layer) } : layer)));
    const [remove, add, opener] = head.querySelectorAll('button');
    remove.onclick = () => editLayer(({ width }) => ({ width: width - 1 }));
    add.onclick = () => editLayer(({ width }) => ({ width: width + 1 }));
    const menu = createLayerMenu(i, opener, (change) => editLayer(() => change), () => edit((hidden) => hidden.filter((_, k) => k !== i)));
    menus.set(head, menu);
    head.append(menu.root);
    return head;
  }

  return {
    /** Not on a wall, before the knobs are opened. */
    areShown: () => getComputedStyle(root).display !== 'none',

    /** @param {import('./drawing_type.js').Drawing} drawing */
    arrange({ layout }) {
      const [spec, facts, schema] = [store.get('spec'), store.get('choices'), store.get('schema')];
      const [limits, activations] = [readLimits(schema), readActivations(schema)];
      heads.begin();
      root.dataset.heads = layout.headStyle;
      spec?.hidden.forEach((layer, i) => {
        const head = heads.get(String(i), () => make(i));
        const column = layout.columns[i + 1];
        head.style.cssText = `left:${column.center}px;width:${Math.floor(column.headWidth) - 2}px;height:${layout.headHeight}px`;
        showLayer(head, i, layer, spec.activation, limits.width);
        menus.get(head)?.show(layer, { spec, facts, limits, activations });
      });
      if (spec) showOutput(heads.get('output', makeOutput), store, layout);
      heads.end();
    },
  };
}

function makeOutput() {
  const head = document.createElement('div');
  head.className = 'head output';
  head.dataset.testid = 'output-activation';
  return head;
}

/** The activation of the output, where it is. @param {HTMLElement} head @param {import('../../core/store.js').Store} store @param {import('../../draw/network/layout.js').NetworkLayout} layout */
function showOutput(head, store, layout) {
  const state = store.get('state');
  const name = state ? t(`activation.${state.last_activation}`) : '';
  const isLogit = state !== null && (store.get('choices')?.logit_losses ?? []).includes(state.spec.loss);
  head.textContent = isLogit ? t('network.logits', { name }) : name;
  head.title = isLogit ? t('network.logits.title') : t('network.output_activation', { name });
  head.style.cssText = `right:0;height:${layout.headHeight}px`;
}

/** @param {HTMLElement} head @param {number} i @param {Layer} layer @param {string} common  activation of layers without one of their own @param {number} most  neurons of a layer */
function showLayer(head, i, layer, common, most) {
  const number = i + 1;
  head.setAttribute('aria-label', t('network.layer', { layer: number }));
  const [remove, add, opener] = head.querySelectorAll('button');
  labelButton(remove, t('network.remove_neuron', { layer: number }), layer.width <= 1 ? t('network.one_neuron') : '');
  labelButton(add, t('network.add_neuron', { layer: number }), layer.width >= most ? t('network.most_neurons', { most }) : '');
  /** @type {HTMLElement} */ (head.querySelector('b')).textContent = String(layer.width);
  const summary = summaryOf(layer, common);
  opener.classList.toggle('own', layer.activation !== null);
  opener.classList.toggle('extras', summary.includes('·'));
  labelButton(opener, t('layer.menu', { layer: number, summary }), '');
  /** @type {HTMLElement} */ (opener.querySelector('span')).textContent = summary;
  const activation = layer.activation ?? common;
  opener.querySelector('.curve')?.setAttribute('d', activationPath(activation, ICON.width, ICON.height));
  opener.querySelector('.zero')?.setAttribute('d', zeroPath(activation, ICON.width, ICON.height));
}
