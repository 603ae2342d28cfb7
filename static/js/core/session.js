// @ts-check
// What the server says of the session, into the store: state, history, frames; and what the person has just asked for,
// before the server has answered. `spec` and `state` in the store are as the person set them; a refusal puts the
// server's back.

import { createHistory } from './history.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./command_queue.js').Command} Command */
/** @typedef {ReturnType<typeof createSession>} Session */

const SHOWN_UNCONFIRMED = 2000; // milliseconds a change shows without the server having said the very same

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @param {Store} store
 * @param {(command: Command) => void} send
 */
export function createSession(store, send) {
  /** @type {import('../wire/messages.js').RunState | null} */
  let confirmed = null;
  let newest = -1; // number of the newest frame since the connection opened
  const history = createHistory(store, () => send({ type: 'history' }));
  const unconfirmed = createUnconfirmed(show);

  function show() {
    store.set({ state: confirmed, spec: confirmed && { ...confirmed.spec, ...unconfirmed.change() } });
  }

  return {
    /** A new connection numbers its frames anew. */
    connectionOpened() { newest = -1; },
    /** @param {import('../wire/messages.js').StateMessage} message */
    receiveState({ points, pictures = null, samples = null, ...state }) {
      confirmed = state;
      unconfirmed.confirm(state.spec);
      show();
      if (!points) return; // neither a start nor a new connection: the last picture stands until the next one comes
      store.set({ points, pictures, samples });
      if (store.get('frame')?.revision !== state.revision) store.set({ frame: null, scores: null });
    },

    receiveHistory: history.replace, receiveEntries: history.addEntries,
    /** How the layers are; what is of another run is left out. @param {import('../wire/messages.js').Health} health */
    receiveHealth(health) {
      if (health.revision !== confirmed?.revision) return;
      history.addHealth(health);
      store.set({ health });
    },

    /**
     * @param {import('../wire/frames.js').Frame} frame
     * @returns {boolean} whether it was taken; a frame of another revision or an older one is not
     */
    receiveFrame(frame) {
      if (frame.revision !== confirmed?.revision || frame.frame <= newest) return false;
      newest = frame.frame;
      history.addFrame(frame);
      store.set({ frame });
      return true;
    },

    /** One that is not drawn, of which the curves have their entry all the same. @param {ReturnType<typeof import('../wire/frames.js').readCurveEntry>} entry */
    receiveSkippedFrame(entry) { if (entry.revision === confirmed?.revision && entry.frame > newest) history.addSkippedFrame(entry); },

    receiveRefusal: unconfirmed.forget,

    /** Shows a command's effect before the server has answered. @param {Command} command */
    anticipate(command) {
      if (!confirmed) return;
      if (command.type === 'configure' || command.type === 'begin') {
        unconfirmed.add(command.spec);
        show();
      } else if (command.type === 'play' || command.type === 'pause') {
        store.set({ state: { ...confirmed, playing: command.type === 'play' } });
      }
    },
  };
}

/** Fields of the Spec that were changed here and not yet by the server. @param {() => void} forgotten */
function createUnconfirmed(forgotten) {
  /** @type {import('../wire/messages.js').SpecChange} */
  let change = {};
  let timer = 0;

  function forget() {
    clearTimeout(timer);
    change = {};
    forgotten();
  }

  return {
    change: () => change,
    forget,
    /** @param {import('../wire/messages.js').SpecChange} more */
    add(more) {
      change = { ...change, ...more };
      clearTimeout(timer);
      timer = window.setTimeout(forget, SHOWN_UNCONFIRMED);
    },
    /** Drops the fields that the server has now, too. @param {import('../wire/messages.js').Spec} spec */
    confirm(spec) {
      for (const [name, value] of Object.entries(change)) {
        if (same(spec[name], value)) delete change[name];
      }
    },
  };
}
