// @ts-check
// Where weights and biases can be taken hold of: small buttons on the links, or on their numbers, and at the neurons'
// corners. They are out of the way of the Tab key; from a neuron the arrow keys lead to its bias and the links into it, and
// on along them. Of a layer with many links only those into the chosen neuron have buttons.

import { allHeld, holdsOf, linksInto } from '../../draw/network/spots.js';
import { t } from '../../core/i18n.js';
import { neuronName } from '../../experiment/names.js';
import { keyed } from './keyed.js';
import { subjectOfLink } from './subjects.js';

const DOT = 13; // px of a bias's hold, the dot itself being smaller

/** @typedef {{kind: string, layer: number, index: number, source?: number}} Subject */
/** @typedef {{x: number, y: number, width: number, height: number}} Box  x, y: its middle, px */
/** @typedef {{layer: number, tile: number}} Chosen  a neuron */

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} tiles  of the neurons, by data-place
 * @param {object} on
 * @param {(subject: Subject) => void} on.open
 * @param {(subject: Subject | null) => void} on.walk  the one that has the focus by keys
 */
export function createHolds(root, tiles, on) {
  const few = root.appendChild(document.createElement('div')); // of the chosen neuron, before its bias
  const [buttons, fewButtons] = [keyed(root), keyed(few)];

  /** @param {string} id @param {Subject} subject */
  function make(id, subject) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `hold ${subject.kind}`;
    button.tabIndex = -1;
    button.dataset.testid = id;
    button.onfocus = () => button.matches(':focus-visible') && on.walk(subject);
    button.onblur = () => on.walk(null);
    button.dataset.of = `${subject.layer} ${subject.index}`;
    button.dataset.from = `${subject.layer - 1} ${subject.source ?? ''}`;
    button.onclick = () => on.open(subject);
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

  /**
   * @param {ReturnType<typeof keyed>} among @param {import('./shape.js').Shape} shape @param {import('../../draw/network/links.js').Links} links
   * @param {number[]} some  of one layer @param {(n: number) => Box | null} numberBox
   */
  function holdLinks(among, shape, links, some, numberBox) {
    const places = some.every(numberBox)
      ? some.map((link) => ({ link, .../** @type {Box} */ (numberBox(link)) }))
      : holdsOf(links, some).map(({ link, x, y, size }) => ({ link, x, y, width: size, height: size }));
    for (const { link, ...box } of places) {
      const subject = subjectOfLink(shape, links, link);
      const { layer, index, source } = subject;
      const id = `weight-${layer}-${index}-${source}`;
      const button = among.get(id, () => make(id, subject));
      button.dataset.link = String(link);
      button.classList.toggle('on-number', box.width > box.height);
      place(button, box);
      const before = neuronName({ layer: layer - 1, neuron: layer || !shape.features.length ? source : shape.used[links.from[link]] }, shape);
      button.setAttribute('aria-label', t('network.open_weight', { from: before, to: neuronName({ layer, neuron: index }, shape) }));
    }
  }

  /** @param {HTMLElement} button @param {Box} box */
  function place(button, { x, y, width, height }) {
    button.style.cssText = `left:${x - width / 2}px;top:${y - height / 2}px;width:${width}px;height:${height}px`;
  }

  return {
    /**
     * @param {import('./shape.js').Shape} shape @param {import('../../draw/network/layout.js').NetworkLayout} layout @param {import('../../draw/network/links.js').Links} links
     * @param {boolean} biases  whether there are any @param {(n: number) => Box | null} numberBox  of a link's number, where it is written
     */
    arrange(shape, layout, links, biases, numberBox) {
      buttons.begin();
      for (let layer = 0; layer + 1 < links.starts.length; layer++) {
        const [start, end] = [links.starts[layer], links.starts[layer + 1]];
        if (allHeld(links, layer)) holdLinks(buttons, shape, links, Array.from({ length: end - start }, (_, i) => start + i), numberBox);
      }
      layout.columns.slice(1).forEach(({ left, top }, layer) => {
        if (!biases) return;
        for (let k = 0; k < left.length; k++) {
          const index = shape.drawn[layer + 1][k];
          const id = `bias-${layer}-${index}`;
          const button = buttons.get(id, () => make(id, { kind: 'bias', layer, index }));
          const size = Math.max(7, Math.min(DOT, layout.tile * 0.4));
          place(button, { x: left[k] + layout.tile * 0.06, y: top[k] + layout.tile * 0.94, width: size, height: size });
          button.setAttribute('aria-label', t('network.open_bias', { name: neuronName({ layer, neuron: index }, shape) }));
        }
      });
      buttons.end();
    },

    /** The links into one neuron, where not all of its layer have buttons. @param {import('./shape.js').Shape} shape @param {import('../../draw/network/links.js').Links} links @param {Chosen | null} chosen @param {(n: number) => Box | null} numberBox */
    choose(shape, links, chosen, numberBox) {
      fewButtons.begin();
      if (chosen && !allHeld(links, chosen.layer)) holdLinks(fewButtons, shape, links, linksInto(links, chosen.layer, chosen.tile), numberBox);
      fewButtons.end();
    },
  };
}
