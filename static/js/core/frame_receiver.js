// @ts-check
// Frames as they come: handed to the session one at a time, in their order, and acknowledged once they are drawn, over the
// connection they came by. Of those that come while one is painted, or while the tab is hidden, only the newest is drawn; the
// others leave their entry in the curves. A page that paints slowly, twice in a row, rests as long as it painted, so that
// charts and clicks get their turn; once, it was a chart that came between.
// Decoding takes a moment: it begins when a frame comes, so that after a chart the next one is ready at once. What the
// server says after a frame waits for it; in a hidden tab it does not.

import { decodeFrame, readCurveEntry } from '../wire/frames.js';
import { say } from './notices.js';

const SLOW = 32; // milliseconds of painting from which on it rests

/**
 * @typedef {object} Arrived  a frame
 * @property {ArrayBuffer} bytes
 * @property {import('../wire/messages.js').Layout | null} layout
 * @property {Promise<import('../wire/frames.js').Frame | void> | null} decoded  null: it came while the tab was hidden
 */
/** @typedef {Arrived | (() => void)} Item */

/**
 * @param {import('./store.js').Store} store
 * @param {Pick<import('./session.js').Session, 'receiveFrame' | 'receiveSkippedFrame'>} session
 * @param {(number: number) => void} acknowledge
 */
export function createFrameReceiver(store, session, acknowledge) {
  let openings = 0; // of the connection
  /** @type {import('../wire/messages.js').Layout | null} the newest that was told */
  let layout = null;
  let decoding = false;
  let costBefore = 0; // milliseconds that painting the frame before took
  const queue = createQueue(decodeAndShow, ({ bytes, layout: its }) => session.receiveSkippedFrame(readCurveEntry(bytes, its)));

  const decode = (/** @type {ArrayBuffer} */ bytes, /** @type {Arrived['layout']} */ its) =>
    decodeFrame(bytes, its).catch((fault) => { // this page is older than its server
      say(store, 'error', '', { text: String(fault instanceof Error ? fault.message : fault) });
    });

  /** @param {Arrived} arrived */
  async function decodeAndShow({ bytes, layout: its, decoded }) {
    const opening = openings;
    decoding = true;
    const frame = await (decoded ?? decode(bytes, its));
    decoding = false;
    const cost = frame && opening === openings ? await show(frame, opening) : 0;
    const rest = Math.min(cost, costBefore);
    costBefore = cost;
    if (rest > SLOW) await new Promise((resolve) => { setTimeout(resolve, rest); });
  }

  /** Milliseconds that painting it took. @param {import('../wire/frames.js').Frame} frame @param {number} opening */
  async function show(frame, opening) {
    const drawn = () => { if (opening === openings) acknowledge(frame.frame); };
    const painting = startPainting();
    const taken = session.receiveFrame(frame);
    queue.runDue();
    if (taken) return painting.end(drawn);
    drawn(); // nothing to draw, and the server need not wait for it
    return 0;
  }

  return {
    /** @param {import('../wire/messages.js').Layout} message */
    receiveLayout(message) {
      layout = message;
    },
    /** @param {ArrayBuffer} bytes */
    receive(bytes) {
      queue.add({ bytes, layout, decoded: document.hidden ? null : decode(bytes, layout) });
    },
    /** Does it once the frames that came before are shown; now in a hidden tab. @param {() => void} run */
    inOrder(run) {
      if (!decoding && (queue.isEmpty() || document.hidden)) run();
      else queue.add(run);
    },
    connectionOpened() {
      openings += 1;
      layout = null;
      queue.dropFrames();
    },
    /** The tab can be seen again. */
    shown: queue.work,
  };
}

/** Measures the next painting, from before what the panels ask for to after it. */
function startPainting() {
  let began = 0;
  requestAnimationFrame(() => { began = performance.now(); });
  return {
    /** @param {() => void} painted @returns {Promise<number>} milliseconds */
    end: (painted) => new Promise((resolve) => {
      requestAnimationFrame(() => {
        painted();
        setTimeout(() => resolve(performance.now() - began));
      });
    }),
  };
}

/**
 * What has come and is not dealt with yet, in its order: frames, and what is to be done after them.
 * @param {(frame: Arrived) => Promise<void>} show
 * @param {(frame: Arrived) => void} skip
 */
function createQueue(show, skip) {
  /** @type {Item[]} */
  let items = [];
  let working = false;
  const isFrame = (/** @type {Item} */ item) => typeof item !== 'function';

  /** The next one to be dealt with; frames stay while the tab is hidden. @returns {Item | undefined} */
  function take() {
    const newest = items.findLastIndex(isFrame);
    items = items.map((item, i) => (typeof item === 'function' || i === newest ? item : () => skip(item)));
    const next = document.hidden ? items.find((item) => !isFrame(item)) : items[0];
    items = items.filter((item) => item !== next);
    return next;
  }

  /** Deals with everything, if that is not under way. */
  async function work() {
    if (working) return;
    working = true;
    for (let next; (next = take()); ) {
      try {
        if (typeof next === 'function') next();
        else await show(next);
      } catch (fault) { // what comes next is dealt with all the same
        reportError(fault);
      }
    }
    working = false;
  }

  return {
    work,
    isEmpty: () => items.length === 0,
    /** @param {Item} item */
    add(item) {
      items.push(item);
      work();
    },
    dropFrames() {
      items = items.filter((item) => !isFrame(item));
    },
    /** What waits for no frame. */
    runDue() {
      for (let run = items[0]; typeof run === 'function'; run = items[0]) {
        items.shift();
        run();
      }
    },
  };
}
