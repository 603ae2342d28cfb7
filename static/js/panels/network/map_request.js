// @ts-check
// Asks the server for one neuron's heat map with more cells: of the hovered neuron, or else of the output that was chosen.

import { readOutput } from '../../experiment/output.js';

/**
 * @param {import('../../core/store.js').Store} store @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @returns {(hovered: import('./shape.js').Place | null) => void}
 */
export function createMapRequest(store, send) {
  let requested = 'null null';
  return (hovered) => {
    const [spec, output, shown] = [store.get('spec'), readOutput(store), store.get('output')];
    if (!spec || !output?.plane) return;
    const chosen = output.classes === 0 && output.outputs > shown ? shown : 0;
    const wanted = hovered && hovered.layer >= 0 ? hovered : chosen ? { layer: spec.hidden.length, neuron: chosen } : { layer: null, neuron: null };
    const key = `${wanted.layer} ${wanted.neuron}`;
    if (key !== requested) send({ type: 'focus', ...wanted });
    requested = key;
  };
}
