// @ts-check
// The setup in the tab's address bar: read when the tab opens or the address changes, written when it is shared, and taken
// away once the experiment is another.

import { recall, remember } from '../core/memory.js';
import { say } from '../core/notices.js';
import { fieldsOf } from '../core/schema.js';
import { fromWholeAddress, toWholeAddress } from './address.js';

const ADDRESS = 'address'; // the setup this tab has last taken from the address

/** @typedef {ReturnType<typeof createAddressBar>} AddressBar */

/**
 * @param {import('../core/store.js').Store} store
 * @param {Promise<import('../wire/messages.js').SpecSchema>} schema
 * @param {(setUp: import('./fresh_start.js').SetUp) => void} begin
 */
export function createAddressBar(store, schema, begin) {
  const isFilled = () => location.hash.length > 1;

  /** The setup of now, without #. */
  function write() {
    const [fields, state, choices] = [store.get('fields'), store.get('state'), store.get('choices')];
    const usual = { steps_per_second: choices?.usual_pace ?? 0, engine: choices?.engines[0] ?? '' };
    const beside = { steps_per_second: state?.speed ?? null, bug: state?.planted ?? null, engine: state?.engine ?? usual.engine };
    return fields ? toWholeAddress(store.get('spec') ?? {}, fields, beside, usual) : '';
  }

  return {
    /** Whether it has a setup that this tab has not taken yet. */
    isNew: () => isFilled() && recall(ADDRESS) !== location.hash,
    isFilled,
    write,

    /** Begins what it says. */
    async apply() {
      const fields = fieldsOf(await schema);
      remember(ADDRESS, location.hash);
      try {
        const setUp = fromWholeAddress(location.hash, fields);
        if (setUp) begin(setUp);
      } catch (fault) {
        say(store, 'error', 'address.invalid', { values: { part: fault instanceof Error ? fault.message : '' } });
      }
    },

    /** Puts the setup of now into it; gives the whole address. */
    publish() {
      const hash = store.get('fields') ? `#${write()}` : '';
      history.replaceState(null, '', hash);
      remember(ADDRESS, location.hash);
      return `${location.origin}${location.pathname}${hash}`;
    },

    /** It tells of another setup from now on. */
    clear() {
      if (!isFilled()) return;
      history.replaceState(null, '', location.pathname + location.search);
      remember(ADDRESS, '');
    },
  };
}
