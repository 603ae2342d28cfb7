// @ts-check
// What the two ends and the middle of the colour scale stand for, on the map that the plane shows.

import { neuronUnit } from '../draw/base/colormap.js';
import { readOutput } from './output.js';

/** @typedef {import('../core/store.js').Store} Store */

/**
 * From orange to blue: of two classes the two targets and where it turns; of values, and of a neuron under the pointer, the largest
 * below and above 0, but at least 1. @param {Store} store @returns {[number, number, number]}
 */
export function readColorRange(store) {
  const [output, hovered] = [readOutput(store), store.get('hovered')];
  const own = hovered ? unitOf(store, hovered) : null;
  if (own !== null) return [-own, 0, own];
  if (output?.classes === 2) return output.numbers[0] === '0' ? [0, 0.5, 1] : [-1, 0, 1];
  const frame = store.get('frame');
  const most = output?.classes === 0 ? neuronUnit(frame?.boundary?.scale ?? 1) * output.unit : 1;
  return [-most, 0, most];
}

/** Of the map of a neuron or an input; null: of the output, or where it has no map. @param {Store} store @param {{layer: number, neuron: number}} place */
function unitOf(store, { layer, neuron }) {
  const features = store.get('features');
  if (layer < 0) return features ? neuronUnit(features[Object.keys(features)[neuron]]?.scale ?? 1) : null;
  const frame = store.get('frame');
  if (!frame?.maps || layer === frame.maps.length - 1) return null;
  const map = frame.maps[layer]?.[frame.drawn?.[layer + 1]?.indexOf(neuron) ?? neuron];
  return map ? neuronUnit(map.scale) : null;
}
