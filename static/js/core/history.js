// @ts-check
// The curves of the run, which grow with every frame and every measurement until the server's thinned ones replace them, and
// its log, which is thinned here by the rule of engine/training/epoch_log.py.

const MOST_ADDED = 2000; // entries, before the server is asked for its thinned history again
const MOST_ROWS = 200; // of the log

/** @typedef {import('../wire/messages.js').Health} Health */

/**
 * @param {import('./store.js').Store} store
 * @param {() => void} ask  for the server's history
 */
export function createHistory(store, ask) {
  let added = 0;

  function count() {
    added += 1;
    if (added === MOST_ADDED) ask();
  }

  /** @param {{step: number, train_loss: number | null, test_loss: number | null, gradient_norms: (number | null)[]}} entry */
  function addStep({ step, train_loss: train, test_loss: test, gradient_norms: norms }) {
    const history = store.get('history');
    if (!history || step <= (history.steps.at(-1) ?? -1)) return;
    history.steps.push(step);
    history.train_loss.push(train);
    history.test_loss.push(test);
    norms.forEach((norm, layer) => (history.gradient_norms[layer] ??= []).push(norm));
    count();
  }

  return {
    /** @param {import('../wire/messages.js').HistoryMessage} message */
    replace({ type, log, ...history }) {
      added = 0;
      store.set({ history: { ...history, log: rowsOf(log) } });
    },

    /** Of steps that no frame has come of, and of epochs; what watches is told with the frame that follows. @param {import('../wire/messages.js').Entries} entries */
    addEntries({ steps, train_loss: train, test_loss: test, gradient_norms: norms, log }) {
      const history = store.get('history');
      if (history) history.log = withRows(history.log, rowsOf(log));
      steps.forEach((step, i) => addStep({ step, train_loss: train[i], test_loss: test[i], gradient_norms: norms.map((layer) => layer[i]) }));
    },

    /** Of a frame that is not drawn: what comes next shows it. */
    addSkippedFrame: addStep,
    /** @param {import('../wire/frames.js').Frame} frame */
    addFrame(frame) {
      addStep(frame);
      const history = store.get('history');
      if (history) store.set({ history: { ...history } });
    },

    /** Of the branch the run is on; else nothing is added. @param {Health} health */
    addHealth(health) {
      const history = store.get('history');
      const branch = store.get('timeline')?.current ?? 0;
      if (!history || health.branch !== branch || health.step <= (history.measured.steps.at(-1) ?? -1)) return;
      const { steps, layers } = history.measured;
      steps.push(health.step);
      for (const [name, lines] of Object.entries(layers)) {
        health.layers.forEach((layer, i) => (lines[i] ??= []).push(/** @type {Record<string, any>} */ (layer)[name]));
      }
      count();
      store.set({ history: { ...history } });
    },
  };
}

// The log: the numbers at the ends of epochs, of each one while they are few, then of every second, fourth, …

/** @typedef {import('../wire/messages.js').EpochRow} EpochRow */

/** @param {import('../wire/messages.js').LogColumns} columns @returns {EpochRow[]} */
export const rowsOf = (columns) => columns.epochs.map((epoch, i) => ({
  epoch, step: columns.steps[i], train_loss: columns.train_loss[i], test_loss: columns.test_loss[i],
  train_accuracy: columns.train_accuracy[i], test_accuracy: columns.test_accuracy[i], errors: columns.errors[i],
}));

/** Those that are kept, with more of later epochs. @param {EpochRow[]} rows @param {EpochRow[]} more @returns {EpochRow[]} */
export function withRows(rows, more) {
  const last = rows.at(-1)?.epoch ?? 0;
  const newer = more.filter(({ epoch }) => epoch > last);
  const newest = newer.at(-1)?.epoch;
  if (newest === undefined) return rows;
  const spacing = spacingOf(newest);
  return [...rows, ...newer].filter(({ epoch }) => epoch % spacing === 0 || epoch === newest);
}

/** Every how many epochs have a row when this is the newest. @param {number} epoch */
export function spacingOf(epoch) {
  let spacing = 1;
  while (Math.floor(epoch / spacing) > MOST_ROWS) spacing *= 2;
  return spacing;
}
