// @ts-check
// The arrow keys on the drawing, which is one Tab stop. Up and down lead through a column: the controls of its layer, its
// neurons, the norm of its gradient. Right leads to the next column; left to a neuron's bias and the weights into it, among
// which up and down lead, and from there to where the link comes from.

import { isUsable } from '../../core/focusable.js';
import { createRovingFocus, nextItem } from '../../core/roving_focus.js';

const HEADS = '.heads .count button, .heads .activation';
const NORMS = '.gradient-norms :is(button, a)';

/** @typedef {HTMLElement | null | undefined} Found  null or undefined: nothing */
/** @typedef {(from: HTMLElement, key: string) => Found} Move */

/** @param {HTMLElement} plan  with the heads, the tiles (`data-place`), the handles (`data-of`, `data-from`) and the norms */
export function createArrowKeys(plan) {
  const all = (/** @type {string} */ selector) => /** @type {HTMLElement[]} */ ([...plan.querySelectorAll(selector)]);
  const find = (/** @type {string} */ selector) => /** @type {Found} */ (plan.querySelector(selector));
  const usable = (/** @type {string} */ selector) => all(selector).find(isUsable);
  /** The weights and the bias of a neuron. @param {string | undefined} place */
  const handlesInto = (place) => all(`.hold[data-of="${place}"]`);
  /** @param {string | undefined} place */
  const tileAt = (place) => find(`.tile[data-place="${place}"]`);
  /** From top to bottom. @param {number} layer */
  const column = (layer) => all(`.tile[data-place^="${layer} "]`);

  /** @type {Move} */
  function fromHandle(handle, key) {
    const handles = handlesInto(handle.dataset.of);
    const at = handles.indexOf(handle);
    if (key === 'ArrowUp') return handles[(at + handles.length - 1) % handles.length];
    if (key === 'ArrowDown') return handles[(at + 1) % handles.length];
    return tileAt(key === 'ArrowRight' ? handle.dataset.of : handle.dataset.from);
  }

  /** @type {Move} */
  function fromTile(tile, key) {
    const layer = layerOf(tile);
    if (key === 'ArrowLeft') return handlesInto(tile.dataset.place).at(-1) ?? nearest(column(layer - 1), tile);
    if (key === 'ArrowRight') return nearest(column(layer + 1), tile);
    const tiles = column(layer);
    const at = tiles.indexOf(tile);
    if (key === 'ArrowUp') return tiles[at - 1] ?? usable(`[data-testid=layer-${layer}-add]`) ?? usable(`[data-testid=layer-${layer}-remove]`) ?? tiles.at(-1);
    return tiles[at + 1] ?? usable(`[data-testid=gradient-layer-${layer}]`) ?? tiles[0];
  }

  /** @type {Move} */
  function fromHead(button, key) {
    if (key === 'ArrowDown') return column(Number(button.dataset.testid?.split('-')[1]))[0];
    return key === 'ArrowUp' ? null : nextItem(all(HEADS).filter(isUsable), button, key);
  }

  /** @type {Move} */
  function fromNorm(norm, key) {
    const norms = all(NORMS).sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
    if (key === 'ArrowUp') return column(Math.min(norms.indexOf(norm), norms.length - 2)).at(-1);
    return key === 'ArrowDown' ? null : nextItem(norms, norm, key);
  }

  /** @type {[string, Move][]} */
  const moves = [['.hold', fromHandle], ['.tile', fromTile], [HEADS, fromHead], [NORMS, fromNorm]];
  plan.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || !key.startsWith('Arrow') || event.ctrlKey || event.altKey || event.metaKey) return;
    const [, move] = moves.find(([selector]) => target.matches(selector)) ?? [];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere on the page an arrow takes a training step
    move(target, key)?.focus();
  });
  return createRovingFocus(plan, () => all(`${HEADS}, .tile, ${NORMS}`), () => tileAt('0 0') ?? find('.tile:not([aria-pressed])'));
}

/** @param {HTMLElement} tile */
const layerOf = (tile) => Number(tile.dataset.place?.split(' ')[0]);

/** The tile whose height is the nearest. @param {HTMLElement[]} tiles @param {HTMLElement} from */
function nearest(tiles, from) {
  const distance = (/** @type {HTMLElement} */ tile) => Math.abs(tile.offsetTop - from.offsetTop);
  return tiles.reduce((/** @type {HTMLElement | null} */ best, tile) => (best && distance(best) <= distance(tile) ? best : tile), null);
}
