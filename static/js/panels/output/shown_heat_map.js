// @ts-check
// Which heat map is shown: the network's output, or, while the pointer is on a neuron or an input, its map.

import { neuronUnit } from '../../draw/base/colormap.js';

/** @typedef {import('./heat_map.js').HeatMap} HeatMap */
/** @typedef {import('../../wire/frames.js').Frame} Frame */

const WITHOUT_DECISION = { classes: null, meaning: { logits: false, threshold: 0 }, level: null };
const INT8 = 127; // maps of features come as whole numbers, −127 … 127, with a scale

/** @param {import('../../core/store.js').Store} store @param {import('./plane_contents.js').PlaneContents} contents @returns {HeatMap | null} */
export function readHeatMap(store, { output, extent, chosenOutput }) {
  const [frame, hovered] = [store.get('frame'), store.get('hovered')];
  if (hovered && hovered.layer < 0) return featureMap(store.get('features'), hovered.neuron);
  if (!frame?.maps || !output?.plane || output.extent.low !== extent.low || output.extent.high !== extent.high) return null;
  const last = frame.maps.length - 1;
  const hoveredNeuron = hovered && (hovered.layer < last || output.outputs > 1) ? hovered : null;
  const furtherOutput = output.classes === 0 && chosenOutput > 0 ? { layer: last, neuron: chosenOutput } : null; // the frame's map is of the first
  const place = hoveredNeuron ?? furtherOutput;
  return (place && neuronMap(frame, place)) ?? outputMap(frame, output);
}

/** @param {import('../../core/state.js').PageState['features']} features @param {number} number @returns {HeatMap | null} */
function featureMap(features, number) {
  const feature = features?.[Object.keys(features)[number]];
  if (!feature) return null;
  return { ...WITHOUT_DECISION, map: { ...feature, values: Float32Array.from(feature.values, (q) => (q / INT8) * feature.scale) }, unit: neuronUnit(feature.scale) };
}

/** @param {Frame} frame @param {{layer: number, neuron: number}} place @returns {HeatMap | null} */
function neuronMap({ drawn, maps, focus }, { layer, neuron }) {
  const tile = drawn?.[layer + 1]?.indexOf(neuron) ?? neuron;
  const coarse = maps?.[layer]?.[tile];
  if (!coarse) return null;
  const hasFineMap = focus?.layer === layer && focus.neuron === neuron;
  return { ...WITHOUT_DECISION, map: hasFineMap ? focus : coarse, unit: neuronUnit(coarse.scale) };
}

/** @param {Frame} frame @param {import('../../experiment/output.js').Output} output @returns {HeatMap} */
function outputMap({ boundary, classes }, output) {
  return {
    map: boundary,
    classes: classes ?? null,
    meaning: { logits: output.logits, threshold: output.threshold },
    unit: output.classes || !boundary ? 1 : neuronUnit(boundary.scale),
    level: output.classes ? output.threshold : null,
  };
}
