// @ts-check
// The connection of this tab's session: which session it asks for, and what the page says of its state.

import { connect } from './connection.js';
import { recall, remember } from './memory.js';
import { say } from './notices.js';

const SESSION = 'session'; // of this tab: a reload goes on with it
const UNREACHABLE = 3; // failures in a row before the page says more than that it reconnects

export const SOCKET = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;

/** @param {string} session  @returns {boolean} whether the tab did not have it yet */
export function keepSession(session) {
  const isNew = recall(SESSION) !== session;
  remember(SESSION, session);
  return isNew;
}

/**
 * @param {import('./store.js').Store} store
 * @param {Pick<import('./connection.js').Handlers, 'opened' | 'message' | 'bytes'>} handlers
 */
export function connectPage(store, { opened, message, bytes }) {
  return connect(
    () => {
      const session = recall(SESSION);
      return `${SOCKET}${session ? `?session=${encodeURIComponent(session)}` : ''}`;
    },
    {
      opened() {
        opened();
        store.set({ connection: 'open' });
        if (store.get('message')?.retry) store.set({ message: null });
      },
      message,
      bytes,
      lost(failures) {
        store.set({ connection: store.get('state') ? 'lost' : 'connecting' });
        if (failures === UNREACHABLE) say(store, 'error', 'connection.unreachable', { retry: true });
      },
      refused(code, reason, values) {
        store.set({ connection: 'refused' });
        say(store, 'error', `close.${code}`, { values, text: reason, retry: true });
      },
    },
  );
}
