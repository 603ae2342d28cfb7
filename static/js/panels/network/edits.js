// @ts-check
// Changes of the experiment that are made on the network: its hidden layers and its inputs.

import { readNames } from '../../experiment/names.js';

const NEW_WIDTH = 4; // neurons of the first hidden layer

/** @typedef {import('../../wire/messages.js').Layer} Layer */
/** @typedef {ReturnType<typeof createEdits>} Edits */

/** @param {import('../../core/store.js').Store} store @param {(command: import('../../core/command_queue.js').Command) => void} send */
export function createEdits(store, send) {
  /** @param {(hidden: Layer[]) => Layer[]} change */
  function editHidden(change) {
    const spec = store.get('spec');
    if (spec) send({ type: 'configure', spec: { hidden: change(spec.hidden) } });
  }

  return {
    editHidden,
    /** A layer as wide as the last; the server adds the defaults of the other fields. */
    addLayer: () => editHidden((hidden) => [...hidden, /** @type {Layer} */ ({ width: hidden.at(-1)?.width ?? NEW_WIDTH, activation: null })]),
    removeLayer: () => editHidden((hidden) => hidden.slice(0, -1)),

    /** @param {string} name */
    toggleFeature(name) {
      const spec = store.get('spec');
      if (!spec) return;
      const chosen = readNames(store).features.filter((other) => spec.features.includes(other) !== (other === name)); // in the order of the Spec
      if (chosen.length) send({ type: 'configure', spec: { features: chosen } });
      else store.set({ message: { kind: 'notice', key: 'network.last_feature' } });
    },
  };
}
