// @ts-check
// Frames as they come: decoded, handed to the session, and acknowledged once they are drawn, over the connection they came
// by. Of those that come while the tab is hidden only the newest counts.

import { decodeFrame } from '../wire/frames.js';
import { say } from './notices.js';

/**
 * @param {import('./store.js').Store} store
 * @param {import('./session.js').Session} session
 * @param {(number: number) => void} acknowledge
 */
export function createFrameReceiver(store, session, acknowledge) {
  let openings = 0; // of the connection
  /** @type {ArrayBuffer | null} */
  let unseen = null;

  /** @param {ArrayBuffer} bytes @returns {import('../wire/frames.js').Frame | null} null: this page is older than its server */
  function decode(bytes) {
    try {
      return decodeFrame(bytes);
    } catch (fault) {
      say(store, 'error', '', { text: String(fault instanceof Error ? fault.message : fault) });
      return null;
    }
  }

  /** @param {ArrayBuffer} bytes */
  function receive(bytes) {
    if (document.hidden) {
      unseen = bytes;
      return;
    }
    const frame = decode(bytes);
    if (!frame) return;
    const opening = openings;
    const drawn = () => { if (opening === openings) acknowledge(frame.frame); };
    if (session.receiveFrame(frame)) requestAnimationFrame(drawn);
    else drawn(); // nothing to draw, and the server need not wait for it
  }

  return {
    receive,
    connectionOpened() {
      openings += 1;
      unseen = null;
    },
    /** The tab can be seen again. */
    shown() {
      if (unseen) receive(unseen);
      unseen = null;
    },
  };
}
