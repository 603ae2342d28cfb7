// @ts-check
// The teacher's list as it is kept on this device, and which of its entries was begun last in this tab, which the store holds.

import { recall, remember } from '../../core/memory.js';
import { placeAfter, readList, writeList } from '../../experiment/set_up_list.js';

const KEPT = 'list';
const AT = 'list-at';

/** @typedef {import('../../experiment/set_up_list.js').Entry} Entry */

/** @param {import('../../core/store.js').Store} store @param {() => void} changed  here or in another window */
export function keepList(store, changed) {
  let entries = read();
  if (store.get('listAt') === null) store.set({ listAt: Number(recall(AT) ?? -1) });
  const stopFollowing = store.watch(['listAt'], () => {
    remember(AT, String(store.get('listAt')));
    changed();
  });

  /** @returns {Entry[]} */
  function read() {
    try {
      const found = readList(localStorage.getItem(KEPT) ?? '');
      return 'entries' in found ? found.entries : [];
    } catch {
      return []; // storage is switched off
    }
  }

  /** @param {StorageEvent} event */
  const reread = ({ key }) => {
    if (key !== KEPT) return;
    entries = read();
    changed();
  };
  addEventListener('storage', reread);

  return {
    get entries() { return entries; },
    get at() { return store.get('listAt') ?? -1; },
    /** @param {number} place */
    begin(place) { store.set({ listAt: place }); },
    /** @param {Entry[]} others @returns {string} key of what is to be said: they cannot be a list, or are not kept over the end of this page; '' as a rule */
    replace(others) {
      const file = writeList(others);
      const found = readList(file);
      if ('fault' in found) return `list.refused.${found.fault}`; // it could not be read again, and would be lost
      store.set({ listAt: placeAfter(entries, this.at, others) });
      entries = others;
      changed();
      try {
        localStorage.setItem(KEPT, file);
        return '';
      } catch { // storage is full or switched off
        return 'list.not_kept';
      }
    },
    stop() {
      stopFollowing();
      removeEventListener('storage', reread);
    },
  };
}
