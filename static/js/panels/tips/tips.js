// @ts-check
// What a newcomer may try next, one tip at a time beside its place: each until it is done or closed, then never again on
// this device. Nobody is told what they have found by themselves.

import { t } from '../../core/i18n.js';
import { placeAt } from './place.js';
import { recallUsedTips } from './used_tips.js';

const REST = 4000; // milliseconds between two tips

/**
 * @typedef {object} Tip
 * @property {string} key  of its text
 * @property {string} at  a selector; the last such element is its place
 * @property {'above' | 'below'} side  of its place
 * @property {(store: import('../../core/store.js').Store) => boolean} isDone  whether a person is doing it
 */
/** @type {Tip[]} */
const TIPS = [
  { key: 'tip.play', at: '[data-testid=play]', side: 'below', isDone: (store) => Boolean(store.get('state')?.playing || store.get('state')?.step) },
  // Below are the norms of the gradients.
  { key: 'tip.neuron', at: '#network .tile[data-place^="0 "]', side: 'above', isDone: (store) => store.get('inspected') !== null },
  { key: 'tip.slow', at: 'button[data-testid=slow-motion]', side: 'below', isDone: (store) => store.get('phase') !== null },
];

/**
 * @param {HTMLElement} root  a popover with a text and a button
 * @param {import('../../core/store.js').Store} store
 */
export function mountTips(root, store) {
  const [text, close] = /** @type {HTMLCollectionOf<HTMLElement>} */ (root.children);
  const used = recallUsedTips(TIPS.map(({ key }) => key));
  /** @type {Tip | null} */
  let shown = null;
  let resting = false;
  let timer = 0;
  let asked = 0;

  /** @param {Tip} tip */
  function end(tip) {
    used.add(tip.key);
    if (tip !== shown) return;
    hide();
    resting = true;
    timer = window.setTimeout(() => { resting = false; showSoon(); }, REST);
  }

  /** Once the page stands as it was changed. */
  const showSoon = () => { asked ||= requestAnimationFrame(() => { asked = 0; show(); }); };

  function hide() {
    shown = null;
    if (root.matches(':popover-open')) root.hidePopover();
  }

  /** The first that is not over, while nothing lies over its place. */
  function show() {
    const next = TIPS.find(({ key }) => !used.has(key));
    const place = next && !resting && isCalm(store, root) ? placeOf(next) : null;
    if (!next || !place) return hide();
    if (shown !== next) text.textContent = t(next.key);
    shown = next;
    if (!root.matches(':popover-open')) root.showPopover();
    placeAt(root, place, next.side);
  }

  function check() {
    for (const tip of TIPS) if (!used.has(tip.key) && tip.isDone(store)) end(tip);
    showSoon();
  }

  close.onclick = () => { if (shown) end(shown); };
  const listening = new AbortController();
  document.addEventListener('toggle', ({ target }) => target !== root && showSoon(), { capture: true, signal: listening.signal });
  addEventListener('scroll', showSoon, { capture: true, passive: true, signal: listening.signal });
  addEventListener('resize', showSoon, { signal: listening.signal });
  const stops = [
    store.watch(['state', 'inspected', 'phase', 'profile', 'comparison', 'drawing', 'preset', 'spec'], check),
    store.watch(['language'], () => { hide(); showSoon(); }),
  ];
  check();
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(asked);
    listening.abort();
    stops.forEach((stop) => stop());
    hide();
  };
}

/** Not before a class, in another page or beside something that is open. @param {import('../../core/store.js').Store} store @param {HTMLElement} root */
function isCalm(store, root) {
  const open = [...document.querySelectorAll('dialog[open], [popover]:popover-open')].some((one) => one !== root && one.id !== 'message');
  return !open && parent === window && store.get('profile') === 'desk' && !store.get('comparison') && !store.get('drawing') && !store.get('inspected');
}

/** Where it can be seen. @param {Tip} tip @returns {DOMRect | null} */
function placeOf({ at }) {
  const element = [...document.querySelectorAll(at)].at(-1);
  if (!element?.checkVisibility({ visibilityProperty: true })) return null;
  const place = element.getBoundingClientRect();
  return place.top >= 0 && place.bottom <= innerHeight && place.left >= 0 && place.right <= innerWidth ? place : null;
}
