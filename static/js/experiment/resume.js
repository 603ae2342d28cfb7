// @ts-check
// With which experiment a session goes on: its own, that of the address in a tab that has just been opened, or the one this
// page was showing where the server has forgotten it.

import { say } from '../core/notices.js';
import { keepSession } from '../core/page_connection.js';

/** @typedef {import('../wire/messages.js').StateMessage} StateMessage */

/**
 * @param {import('../core/store.js').Store} store
 * @param {import('../core/session.js').Session} session
 * @param {import('./address_bar.js').AddressBar} addressBar
 * @param {(command: import('../core/command_queue.js').Command) => void} send
 * @returns {(state: StateMessage) => void}
 */
export function createStateReceiver(store, session, addressBar, send) {
  return (state) => {
    const before = store.get('state');
    const isNew = keepSession(state);
    const forgotten = before && before.session !== state.session ? store.get('spec') : null;
    session.receiveState(state);
    if (state.points && before && before.revision !== state.revision && store.get('message')?.ofRun) store.set({ message: null });
    if (forgotten) {
      send({ type: 'configure', spec: forgotten });
      say(store, 'notice', 'session.lost');
    } else if (!before && (isNew ? addressBar.isFilled() : addressBar.isNew())) {
      addressBar.apply();
    }
  };
}
