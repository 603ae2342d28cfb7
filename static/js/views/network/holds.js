// @ts-check
// Where weights and biases can be taken hold of: small buttons on the links and at the neurons' corners. They are out of
// the way of the Tab key; from a neuron the arrow keys lead to its bias and the links into it, and on along them.

import { holdsOf } from '../../draw/spots.js';
import { t } from '../../i18n.js';
import { neuronName } from '../../names.js';
import { keyed } from './keyed.js';
import { sourceOf } from './subjects.js';

const DOT = 13; // px of a bias's hold, the dot itself being smaller

/** @typedef {{kind: string, layer: number, index: number, source?: number}} Subject */

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} tiles  of the neurons, by data-place
 * @param {(subject: Subject) => void} open
 */
export function createHolds(root, tiles, open) {
  const buttons = keyed(root);

  /** @param {string} id @param {Subject} subject */
  function make(id, subject) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `hold ${subject.kind}`;
    button.tabIndex = -1;
    button.dataset.testid = id;
    button.dataset.of = `${subject.layer} ${subject.index}`;
    button.dataset.from = `${subject.layer - 1} ${subject.source ?? ''}`;
    button.onclick = () => open(subject);
    return button;
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const here = event.target instanceof HTMLElement ? event.target : null;
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = here.matches('.hold') ? fromHold(here, event.key) : here.matches('.tile') ? fromTile(here, event.key) : null;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere an arrow takes a step
    next.focus();
  }

  /** @param {HTMLElement} hold @param {string} key @returns {HTMLElement | null | undefined} */
  function fromHold(hold, key) {
    const row = into(hold.dataset.of);
    const at = row.indexOf(hold);
    if (key === 'ArrowUp') return row[(at + row.length - 1) % row.length];
    if (key === 'ArrowDown') return row[(at + 1) % row.length];
    if (key === 'ArrowRight') return tile(hold.dataset.of);
    return key === 'ArrowLeft' ? tile(hold.dataset.from) ?? hold : null;
  }

  /** @param {HTMLElement} from @param {string} key @returns {HTMLElement | null | undefined} */
  function fromTile(from, key) {
    if (key === 'ArrowLeft') return into(from.dataset.place).at(-1);
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
    const [layer] = (from.dataset.place ?? '').split(' ');
    const column = /** @type {HTMLElement[]} */ ([...tiles.querySelectorAll(`.tile[data-place^="${layer} "]`)]);
    return column[(column.indexOf(from) + (key === 'ArrowUp' ? column.length - 1 : 1)) % column.length];
  }

  /** The weights and the bias of a neuron. @param {string | undefined} place @returns {HTMLElement[]} */
  const into = (place) => [...root.querySelectorAll(`.hold[data-of="${place}"]`)].map((hold) => /** @type {HTMLElement} */ (hold));
  /** @param {string | undefined} place @returns {HTMLElement | null} */
  const tile = (place) => tiles.querySelector(`.tile[data-place="${place}"]`);

  root.addEventListener('keydown', walk);
  tiles.addEventListener('keydown', walk);

  return {
    /** @param {import('./shape.js').Shape} shape @param {import('../../draw/layout.js').NetworkLayout} layout @param {import('../../draw/links.js').Links} links @param {boolean} biases  whether there are any */
    arrange(shape, layout, links, biases) {
      buttons.begin();
      for (const { layer, to, from, x, y, size } of holdsOf(links)) {
        const [index, source] = [shape.drawn[layer + 1][to], sourceOf(shape, layer, from)];
        const id = `weight-${layer}-${index}-${source}`;
        const button = buttons.get(id, () => make(id, { kind: 'weight', layer, index, source }));
        button.style.cssText = `left:${x - size / 2}px;top:${y - size / 2}px;width:${size}px;height:${size}px`;
        const before = neuronName({ layer: layer - 1, neuron: layer || !shape.features.length ? source : shape.used[from] }, shape);
        button.setAttribute('aria-label', t('network.open_weight', { from: before, to: neuronName({ layer, neuron: index }, shape) }));
      }
      layout.columns.slice(1).forEach(({ left, top }, layer) => {
        if (!biases) return;
        for (let k = 0; k < left.length; k++) {
          const index = shape.drawn[layer + 1][k];
          const id = `bias-${layer}-${index}`;
          const button = buttons.get(id, () => make(id, { kind: 'bias', layer, index }));
          const [x, y, size] = [left[k] + layout.tile * 0.06, top[k] + layout.tile * 0.94, Math.max(7, Math.min(DOT, layout.tile * 0.4))];
          button.style.cssText = `left:${x - size / 2}px;top:${y - size / 2}px;width:${size}px;height:${size}px`;
          button.setAttribute('aria-label', t('network.open_bias', { name: neuronName({ layer, neuron: index }, shape) }));
        }
      });
      buttons.end();
    },
  };
}
