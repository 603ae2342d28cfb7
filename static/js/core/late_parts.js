// @ts-check
// Parts of the page that are loaded after its first picture: when a person first asks for one, or when the browser has
// nothing else to do. A click on what a part answers, or a file for it, waits until it is there and comes again then.

import { say } from './notices.js';

const LONGEST_WAIT = 3000; // milliseconds: a page that draws without a pause loads them nevertheless

/** @typedef {import('./store.js').Store} Store */
/**
 * @typedef {object} LatePart
 * @property {() => Promise<void>} load  once; fails where the server does not answer
 * @property {() => Promise<void>} demand  the same, and says where it fails
 */
/**
 * @typedef {object} Triggers  what asks for a part before its turn has come
 * @property {string} [clicked]  a selector of the elements of the page that it answers when they are clicked or changed
 * @property {keyof import('./state.js').PageState} [set]  a key of the store that is empty otherwise
 * @property {boolean} [dropped]  a file dropped on the page
 */

/** @param {Store} store @param {() => Promise<unknown>} mount  imports its modules and mounts them @param {Triggers} [triggers] @returns {LatePart} */
export function createLatePart(store, mount, { clicked, set, dropped } = {}) {
  const listening = new AbortController();
  /** @type {Promise<void> | null} */
  let loading = null;
  const load = () => (loading ??= mount().then(() => listening.abort(), (fault) => {
    loading = null; // it is tried anew when it is asked for again
    throw fault;
  }));
  const demand = () => load().catch(() => void say(store, 'error', 'part.missing'));

  /** @param {Event} event  a click, or a change of a field */
  async function hold(event) {
    const { target } = event;
    if (!clicked || !(target instanceof Element) || !target.closest(clicked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const again = event instanceof MouseEvent ? new MouseEvent('click', event) : new Event('change', event);
    await demand();
    if (listening.signal.aborted) target.dispatchEvent(again);
  }
  /** @param {DragEvent} event */
  async function holdFile(event) {
    const { target, dataTransfer } = event;
    if (!dataTransfer?.types.includes('Files')) return;
    event.preventDefault(); // or else the browser opens the file itself
    if (event.type === 'dragover') return;
    event.stopImmediatePropagation();
    const files = new DataTransfer(); // those of the event are gone when it is over
    for (const file of dataTransfer.files) files.items.add(file);
    await demand();
    if (listening.signal.aborted) target?.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
  }
  if (dropped) {
    document.addEventListener('dragover', holdFile, { signal: listening.signal });
    document.addEventListener('drop', holdFile, { capture: true, signal: listening.signal });
  }
  for (const kind of clicked ? ['click', 'change'] : []) document.addEventListener(kind, hold, { capture: true, signal: listening.signal });
  if (set) listening.signal.addEventListener('abort', store.watch([set], () => store.get(set) && demand()));
  return { load, demand };
}

/** When the first picture of the run has been painted, or the page has had to say why there is none. @param {Store} store @returns {Promise<void>} */
export function firstPicture(store) {
  return new Promise((done) => {
    const stop = store.watch(['frame', 'message'], () => {
      if (!store.get('frame') && store.get('message')?.kind !== 'error') return;
      stop();
      requestAnimationFrame(() => requestAnimationFrame(() => done()));
    });
  });
}

/** One after the other, whenever the browser has time. What fails is said when somebody asks for it. @param {LatePart[]} parts */
export async function loadWhenIdle(parts) {
  for (const { load } of parts) {
    await new Promise((idle) => { ('requestIdleCallback' in window ? requestIdleCallback(idle, { timeout: LONGEST_WAIT }) : setTimeout(idle)); });
    await load().catch(() => {});
  }
}
