// @ts-check
// Asks the server to explain the inspected subject, once for each subject, sample and step.

import { exists, idOf } from './subjects.js';

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * The step whose numbers the network shows; null: the last one taken. Slow motion and the numbers on the network show the
 * coming step, and the inspector then explains the same one.
 * @param {Store} store @returns {number | null}
 */
export function stepOnNetwork(store) {
  const [phase, frame] = [store.get('phase'), store.get('frame')];
  if (phase) return phase.step;
  return store.get('numbers') && frame && !store.get('state')?.playing ? frame.step + 1 : null;
}

/**
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {() => void} subjectGone  the network has no such subject any more
 */
export function createRequest(store, send, subjectGone) {
  let lastSent = '';
  let wasPlaying = false;

  function update() {
    const [subject, sample, step] = [store.get('inspected'), store.get('sample'), stepOnNetwork(store)];
    const sizes = store.get('state')?.sizes;
    if (subject && sizes && !exists(subject, sizes)) {
      subjectGone();
      store.set({ inspected: null });
      return;
    }
    const request = subject ? `${idOf(subject)} ${sample} ${step}` : '';
    if (request === lastSent) return;
    lastSent = request;
    send({ type: 'inspect', subject, sample, step });
  }
  const updateIfOpen = () => store.get('inspected') && update();

  return {
    /** Sends the request, if it is another than the last one. */
    update,
    watch: () => [
      store.watch(['sample', 'state'], () => {
        const playing = store.get('state')?.playing === true;
        if (wasPlaying && !playing) lastSent = ''; // the last frame may have come without its explanation
        wasPlaying = playing;
        updateIfOpen();
      }),
      store.watch(['points', 'connection'], () => { // a new run or connection has not been asked yet
        lastSent = '';
        if (store.get('connection') === 'open') updateIfOpen();
      }),
      store.watch(['phase'], updateIfOpen),
      store.watch(['frame', 'numbers'], updateIfOpen),
    ],
  };
}
