// @ts-check
// The numbers under the river: ‖∂L/∂W‖ of each layer, in place below its links.

import { scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';
import { keyed } from './keyed.js';

/** @param {HTMLElement} root  `gradients` @param {(layer: number) => void} open  a number was clicked */
export function createLadder(root, open) {
  const numbers = keyed(root);
  const [name, direction] = ['name', 'direction'].map((part) => {
    const word = document.createElement('span');
    word.className = part;
    root.append(word);
    return word;
  });
  /** @type {HTMLElement[]} */
  let shown = [];

  return {
    /** @param {number[]} centers px @param {number} top px @param {number} width px @param {import('../../draw/base/palette.js').Palette} palette */
    arrange(centers, top, width, { text, small }) {
      root.style.top = `${top}px`;
      root.setAttribute('aria-label', t('network.gradients'));
      root.title = t('network.river');
      name.textContent = '‖∂L/∂W‖';
      const half = text * 2.6; // a number is about five times as wide as it is high
      const last = centers[centers.length - 1];
      direction.textContent = width - last - half > small * 7 ? t('network.backward') : '←';
      const rows = centers.length > 1 && centers[1] - centers[0] < 2 * half;
      root.classList.toggle('rows', rows);
      numbers.begin();
      shown = centers.map((center, layer) => {
        const number = numbers.get(String(layer), () => {
          const made = document.createElement('button');
          made.type = 'button';
          made.onclick = () => open(layer);
          made.dataset.testid = `gradient-layer-${layer}`;
          return made;
        });
        number.title = t('network.open_layer', { layer: layer + 1 });
        number.style.left = `${center}px`;
        number.style.top = rows && layer % 2 ? '1.15em' : '0';
        return number;
      });
      numbers.end();
    },
    /** @param {number[] | null} norms */
    tell(norms) {
      shown.forEach((number, layer) => {
        const norm = norms?.[layer];
        number.dataset.value = norm === undefined ? '' : String(norm);
        number.textContent = norm === undefined ? '–' : scientific(norm);
      });
    },
  };
}
