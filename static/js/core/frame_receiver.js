// @ts-check
// Frames as they come: decoded one at a time, handed to the session in their order, and acknowledged once they are drawn,
// over the connection they came by. Of those that come while one is decoded and painted, or while the tab is hidden, only
// the newest counts. A page that paints slowly rests as long as it painted, so that charts and clicks get their turn.

import { decodeFrame } from '../wire/frames.js';
import { say } from './notices.js';

const SLOW = 12; // milliseconds of painting from which on it rests

/** @typedef {{bytes: ArrayBuffer, layout: import('../wire/messages.js').Layout | null}} Arrived */

/**
 * @param {import('./store.js').Store} store
 * @param {Pick<import('./session.js').Session, 'receiveFrame'>} session
 * @param {(number: number) => void} acknowledge
 */
export function createFrameReceiver(store, session, acknowledge) {
  let openings = 0; // of the connection
  /** @type {import('../wire/messages.js').Layout | null} the newest that was told */
  let layout = null;
  /** @type {Arrived | null} the newest frame that is not decoded yet */
  let waiting = null;
  let decoding = false;

  async function decodeWaiting() {
    if (decoding) return;
    decoding = true;
    while (waiting && !document.hidden) {
      const { bytes, layout: its } = waiting;
      const opening = openings;
      waiting = null;
      try {
        const frame = await decodeFrame(bytes, its);
        const cost = opening === openings ? await show(frame, opening) : 0;
        if (cost > SLOW) await new Promise((resolve) => { setTimeout(resolve, cost); });
      } catch (fault) { // this page is older than its server
        say(store, 'error', '', { text: String(fault instanceof Error ? fault.message : fault) });
      }
    }
    decoding = false;
  }

  /** Milliseconds that painting it took. @param {import('../wire/frames.js').Frame} frame @param {number} opening @returns {Promise<number>} */
  function show(frame, opening) {
    return new Promise((resolve) => {
      let began = 0;
      requestAnimationFrame(() => { began = performance.now(); }); // before those of the panels
      const drawn = () => { if (opening === openings) acknowledge(frame.frame); };
      if (!session.receiveFrame(frame)) { // nothing to draw, and the server need not wait for it
        drawn();
        resolve(0);
        return;
      }
      requestAnimationFrame(() => {
        drawn();
        setTimeout(() => resolve(performance.now() - began));
      });
    });
  }

  return {
    /** @param {import('../wire/messages.js').Layout} message */
    receiveLayout(message) {
      layout = message;
    },
    /** @param {ArrayBuffer} bytes */
    receive(bytes) {
      waiting = { bytes, layout };
      decodeWaiting();
    },
    connectionOpened() {
      openings += 1;
      layout = waiting = null;
    },
    /** The tab can be seen again. */
    shown: decodeWaiting,
  };
}
