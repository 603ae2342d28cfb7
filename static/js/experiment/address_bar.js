// @ts-check
// The set-up in the tab's address bar: read when the tab opens or the address changes, written when it is shared, and taken
// away once the experiment is another.

import { recall, remember } from '../core/memory.js';
import { say } from '../core/notices.js';
import { fieldsOf } from '../core/schema.js';
import { fromAddress, toAddress } from './address.js';

const ADDRESS = 'address'; // the set-up this tab has last taken from the address

/** @typedef {ReturnType<typeof createAddressBar>} AddressBar */

/**
 * @param {import('../core/store.js').Store} store
 * @param {Promise<import('../wire/messages.js').SpecSchema>} schema
 * @param {(spec: import('../wire/messages.js').SpecChange) => void} configure  as a whole
 */
export function createAddressBar(store, schema, configure) {
  const isFilled = () => location.hash.length > 1;

  return {
    /** Whether it has a set-up that this tab has not taken yet. */
    isNew: () => isFilled() && recall(ADDRESS) !== location.hash,
    isFilled,

    /** Configures the session as it says. */
    async apply() {
      const fields = fieldsOf(await schema);
      remember(ADDRESS, location.hash);
      try {
        const spec = fromAddress(location.hash, fields);
        if (spec) configure(spec);
      } catch (fault) {
        say(store, 'error', 'address.invalid', { values: { part: fault instanceof Error ? fault.message : '' } });
      }
    },

    /** Puts the set-up of now into it; gives the whole address. */
    publish() {
      const fields = store.get('fields');
      const hash = fields ? `#${toAddress(store.get('spec') ?? {}, fields)}` : '';
      history.replaceState(null, '', hash);
      remember(ADDRESS, location.hash);
      return `${location.origin}${location.pathname}${hash}`;
    },

    /** It tells of another set-up from now on. */
    clear() {
      if (!isFilled()) return;
      history.replaceState(null, '', location.pathname + location.search);
      remember(ADDRESS, '');
    },
  };
}
