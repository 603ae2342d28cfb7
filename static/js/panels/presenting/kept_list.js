// @ts-check
// The teacher's list as it is kept on this device, and which of its entries was begun last in this tab.

import { recall, remember } from '../../core/memory.js';
import { readList, writeList } from '../../experiment/set_up_list.js';

const KEPT = 'list';
const AT = 'list-at';

/** @typedef {import('../../experiment/set_up_list.js').Entry} Entry */

/** @param {() => void} changed  here or in another window */
export function keepList(changed) {
  let entries = read();
  let at = Number(recall(AT) ?? -1); // −1: none yet

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
    get at() { return at; },
    /** @param {number} place */
    begin(place) {
      at = place;
      remember(AT, String(at));
      changed();
    },
    /** @param {Entry[]} others @returns {boolean} whether they are kept over the end of this page, too */
    replace(others) {
      entries = others;
      changed();
      try {
        localStorage.setItem(KEPT, writeList(others));
        return true;
      } catch {
        return false;
      }
    },
    stop: () => removeEventListener('storage', reread),
  };
}
