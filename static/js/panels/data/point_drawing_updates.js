// @ts-check
// Sends the drawn points to the server as the new data set, at a limited rate.

import { namesNow, whyUntrainable } from './point_history.js';

const SEND_EVERY = 250; // milliseconds: each change restarts the run

/**
 * @param {import('./types.js').Drawing} drawing
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function createPointDrawingUpdates(drawing, store, send) {
  let timer = 0;
  let resume = false; // a run that was playing resumes once the points can be trained on

  function flush() {
    if (!timer) return;
    stop();
    const { history, values } = drawing;
    if (whyUntrainable(history.points, values)) {
      const playing = store.get('state')?.playing ?? false;
      resume ||= playing;
      if (playing) send({ type: 'pause' }); // rather than train on other points than those shown
      return;
    }
    send({ type: 'configure', spec: { samples: null, dataset: values ? 'own_values' : 'own', own_points: history.points, own_units: drawing.units, own_names: namesNow(drawing) } });
    if (resume) send({ type: 'play' });
    resume = false;
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
  }

  return {
    schedule() { timer ||= window.setTimeout(flush, SEND_EVERY); },
    flush,
    forgetResume() { resume = false; },
    stop,
  };
}
