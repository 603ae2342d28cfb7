// @ts-check
// The numbers under the gradient river: ‖∂L/∂W‖ of each layer, below its links, and the way to the page of the chain rule.

import { scientific } from '../../draw/base/numbers.js';
import { layerCenters } from '../../draw/network/layout.js';
import { t } from '../../core/i18n.js';
import { layerName } from '../../experiment/names.js';
import { keyedChildren } from './keyed_children.js';

const RIVER_HEIGHT = 40; // px between the bottom of the columns and the numbers

/** @param {HTMLElement} root  an empty element @param {(layer: number) => void} open  a number was clicked */
export function createGradientNorms(root, open) {
  const numbers = keyedChildren(root);
  const name = Object.assign(document.createElement('span'), { className: 'name' });
  const direction = Object.assign(document.createElement('a'), { className: 'direction', href: 'graph' });
  direction.dataset.testid = 'open-graph';
  root.append(name, direction);
  /** @type {HTMLElement[]} */
  let shown = [];

  return {
    /** @param {import('./drawing_type.js').Drawing} drawing */
    arrange({ shape, layout, palette: { text, small } }) {
      const centers = layerCenters(layout);
      root.style.top = `${layout.height + RIVER_HEIGHT}px`;
      root.setAttribute('aria-label', t('network.gradients'));
      root.title = t('network.river');
      name.textContent = '‖∂L/∂W‖';
      const half = text * 2.6; // a number is about five times as wide as it is high
      const last = centers[centers.length - 1];
      direction.textContent = layout.width - last - half > small * 7 ? t('network.backward') : '←';
      direction.title = t('graph.open');
      direction.setAttribute('aria-label', `${t('network.backward')}: ${t('graph.open')}`);
      const twoRows = centers.length > 1 && centers[1] - centers[0] < 2 * half;
      root.classList.toggle('rows', twoRows);
      numbers.begin();
      shown = centers.map((center, layer) => {
        const number = numbers.get(String(layer), () => makeNumber(layer, open));
        number.title = t('network.open_layer', { name: layerName(layer, shape.hidden) });
        number.style.left = `${center}px`;
        number.style.top = twoRows && layer % 2 ? '1.15em' : '0';
        return number;
      });
      numbers.end();
    },
    /** @param {number[] | null} norms  by layer; null: not known yet */
    show(norms) {
      shown.forEach((number, layer) => {
        const norm = norms?.[layer];
        number.dataset.value = norm === undefined ? '' : String(norm);
        number.textContent = norm === undefined ? '–' : scientific(norm);
      });
    },
  };
}

/** @param {number} layer @param {(layer: number) => void} open */
function makeNumber(layer, open) {
  const button = document.createElement('button');
  button.type = 'button';
  button.onclick = () => open(layer);
  button.dataset.testid = `gradient-layer-${layer}`;
  return button;
}
