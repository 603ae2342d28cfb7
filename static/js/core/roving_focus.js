// @ts-check
// One Tab stop for a group of elements (a roving tabindex): Tab leads to the one that had the focus last, arrow keys to the
// others.

import { isUsable } from './focusable.js';

/** Steps in the order of the page; 0: to another row. */
const STEPS = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 });

/**
 * @param {HTMLElement} root
 * @param {() => HTMLElement[]} itemsOf  in order; some may be hidden or disabled
 * @param {() => HTMLElement | null | undefined} [preferred]  the Tab stop until one has had the focus
 */
export function createRovingFocus(root, itemsOf, preferred = () => null) {
  /** @type {HTMLElement | null} */
  let last = null;

  /** After the items have changed. */
  function update() {
    const items = itemsOf();
    const usable = items.filter(isUsable);
    const first = preferred();
    const stop = last && usable.includes(last) ? last : first && usable.includes(first) ? first : usable[0] ?? items[0];
    for (const item of items) item.tabIndex = item === stop ? 0 : -1;
  }

  root.addEventListener('focusin', ({ target }) => {
    const item = itemsOf().find((one) => one === target);
    if (!item) return;
    last = item;
    update();
  });
  return { update };
}

/**
 * The item that a key leads to from another one: along the order, to the nearest in the next row, or to either end.
 * @param {HTMLElement[]} items  shown and usable @param {HTMLElement} current @param {string} key
 * @returns {HTMLElement | null | undefined} null: the key leads nowhere in any group; undefined: past the end of this one
 */
export function nextItem(items, current, key) {
  if (key === 'Home') return items[0];
  if (key === 'End') return items.at(-1);
  const step = STEPS[key];
  if (step === undefined) return null;
  return step ? items[items.indexOf(current) + step] : nearestInNextRow(items, current, key === 'ArrowDown');
}

/** @param {HTMLElement[]} items @param {HTMLElement} current @param {boolean} down  else up @returns {HTMLElement | undefined} */
export function nearestInNextRow(items, current, down) {
  const here = current.getBoundingClientRect();
  const others = items.map((item) => ({ item, box: item.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top > here.top + 1 : box.top < here.top - 1));
  const top = down ? Math.min(...others.map(({ box }) => box.top)) : Math.max(...others.map(({ box }) => box.top));
  const row = others.filter(({ box }) => Math.abs(box.top - top) < 2);
  return row.sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left))[0]?.item;
}

/** A group whose items lie in rows. @param {HTMLElement} root @param {() => HTMLElement[]} itemsOf @param {() => HTMLElement | null | undefined} [preferred] */
export function createRovingGrid(root, itemsOf, preferred) {
  const roving = createRovingFocus(root, itemsOf, preferred);
  root.addEventListener('keydown', (event) => {
    const current = itemsOf().find((one) => one === event.target);
    if (!current || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = nextItem(itemsOf().filter(isUsable), current, event.key);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere on the page an arrow takes a training step
    next?.focus();
  });
  return roving;
}
