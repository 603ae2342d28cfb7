// @ts-check
// The curves of the run, which grow with every frame and every measurement until the server's thinned ones replace them.

const MOST_ADDED = 2000; // entries, before the server is asked for its thinned history again

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

  return {
    /** @param {{type: 'history'} & import('../wire/messages.js').History} message */
    replace({ type, ...history }) {
      added = 0;
      store.set({ history });
    },

    /** Of steps that no frame has come of. @param {import('../wire/messages.js').LossCurve & {gradient_norms: (number | null)[][]}} entries */
    addEntries({ steps, train_loss: train, test_loss: test, gradient_norms: norms }) {
      const history = store.get('history');
      const last = history?.steps.at(-1) ?? -1;
      steps.forEach((step, i) => {
        if (!history || step <= last) return;
        history.steps.push(step);
        history.train_loss.push(train[i]);
        history.test_loss.push(test[i]);
        norms.forEach((layer, number) => (history.gradient_norms[number] ??= []).push(layer[i]));
        count();
      });
    },

    /** @param {import('../wire/frames.js').Frame} frame */
    addFrame(frame) {
      const history = store.get('history');
      if (!history) return;
      if (frame.step > (history.steps.at(-1) ?? -1)) {
        history.steps.push(frame.step);
        history.train_loss.push(frame.train_loss);
        history.test_loss.push(frame.test_loss);
        frame.gradient_norms.forEach((norm, layer) => (history.gradient_norms[layer] ??= []).push(norm));
        count();
      }
      store.set({ history: { ...history } });
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
