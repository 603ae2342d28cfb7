// @ts-check
// The heat maps on the tiles: what each neuron answers over the plane of the data or, where inputs are pixels, its weights
// as a picture.

import { density } from '../../draw/base/canvas.js';
import { neuronUnit, shownOutput } from '../../draw/base/colormap.js';
import { blankSheet, drawMap, fillMap, makeSheet, uploadSheet, upsampleTwice } from '../../draw/network/heat_maps.js';
import { sideOf } from '../../experiment/names.js';

const COARSE = 1.6; // device pixels of a tile per cell of its map: above it, the map is upsampled
const QUANTIZED = 127; // feature maps hold integers up to it

/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('../../draw/network/heat_maps.js').Sheet} Sheet */
/** @typedef {import('../../draw/base/colormap.js').Meaning} Meaning */
/** @typedef {Record<string, import('../../wire/messages.js').FeatureMap>} FeatureMaps  by name */
/**
 * @typedef {object} HeatMaps
 * @property {Sheet} inputs @property {Sheet} neurons  of all hidden layers @property {Sheet} outputs
 * @property {Float32Array} rows @property {Float32Array} fine  working arrays of `upsampleTwice`
 * @property {Float32Array} shown  working array: an output's map
 */

/** @returns {HeatMaps} */
export function makeHeatMaps() {
  return {
    inputs: makeSheet(1, 1), neurons: makeSheet(1, 1), outputs: makeSheet(1, 1),
    rows: new Float32Array(2), fine: new Float32Array(4), shown: new Float32Array(1),
  };
}

/** @param {HeatMaps} maps @param {Drawing} drawing @param {FeatureMaps | null} featureMaps */
export function fillInputs(maps, { shape, colormap }, featureMaps) {
  const pixels = shape.features.length ? 0 : sideOf(shape.inputs);
  const side = pixels || (featureMaps ? featureMaps[shape.features[0]]?.side ?? 1 : 1);
  const inputs = makeSheet(side, shape.counts[0]);
  maps.inputs = inputs;
  blankSheet(inputs, colormap);
  if (pixels) {
    shape.drawn[0].forEach((pixel, row) => fillMap(inputs, row, onePixel(pixel, pixels), colormap, 1));
    uploadSheet(inputs);
  }
  if (!featureMaps) return;
  shape.features.forEach((name, row) => {
    const { values, scale } = featureMaps[name];
    fillMap(inputs, row, values, colormap, (QUANTIZED * neuronUnit(scale)) / scale);
  });
  uploadSheet(inputs);
}

/** A picture with one pixel set. @param {number} pixel @param {number} side */
function onePixel(pixel, side) {
  const values = new Float32Array(side * side);
  values[pixel] = 1;
  return values;
}

/** Blank tiles for a new shape. @param {HeatMaps} maps @param {Drawing} drawing */
export function blankNeurons(maps, { shape, colormap }) {
  maps.neurons = makeSheet(1, hiddenTiles(shape));
  maps.outputs = makeSheet(1, shape.outputs);
  blankSheet(maps.neurons, colormap);
  blankSheet(maps.outputs, colormap);
}

/** @param {import('./shape.js').Shape} shape */
const hiddenTiles = ({ counts }) => counts.slice(1, -1).reduce((sum, count) => sum + count, 0);

/** @param {HeatMaps} maps @param {Drawing} drawing @param {Frame} frame @param {Meaning} meaning  of the outputs */
export function fillNeurons(maps, drawing, frame, meaning) {
  if (frame.maps) fillFromPlane(maps, drawing, frame, frame.maps, meaning);
  else if (frame.weights && drawing.shape.hidden.length) fillFromWeights(maps, drawing, frame.weights);
}

/** @param {HeatMaps} maps @param {Drawing} drawing @param {import('../../wire/frames.js').Grid[]} weights  of the first layer */
function fillFromWeights(maps, { shape, colormap }, weights) {
  const { side } = weights[0];
  const count = hiddenTiles(shape);
  if (maps.neurons.side !== side || maps.neurons.count !== count) {
    maps.neurons = makeSheet(side, count);
    blankSheet(maps.neurons, colormap);
  }
  weights.forEach((picture, i) => fillMap(maps.neurons, i, picture.values, colormap, picture.scale || 1));
  uploadSheet(maps.neurons);
}

/** @param {HeatMaps} maps @param {Drawing} drawing @param {Frame} frame @param {import('../../wire/frames.js').Grid[][]} grids  by layer @param {Meaning} meaning */
function fillFromPlane(maps, { shape, layout, colormap }, frame, grids, meaning) {
  const [{ side }] = grids[0];
  const hidden = grids.slice(0, -1).flat();
  const coarse = layout.tile * density() > COARSE * side;
  const shownSide = coarse ? 2 * side : side;
  if (maps.neurons.side !== shownSide || maps.neurons.count !== hidden.length) {
    maps.neurons = makeSheet(shownSide, hidden.length);
    maps.rows = new Float32Array(2 * side * side);
    maps.fine = new Float32Array(4 * side * side);
  }
  const { neurons, rows, fine } = maps;
  hidden.forEach((grid, i) => fillMap(neurons, i, coarse ? upsampleTwice(grid.values, side, rows, fine) : grid.values, colormap, neuronUnit(grid.scale)));
  uploadSheet(neurons);
  const last = grids[grids.length - 1];
  const outputs = last.length === 1 && frame.boundary ? [frame.boundary] : last; // the boundary is the single output's map, with more cells
  if (maps.outputs.side !== outputs[0].side || maps.outputs.count !== outputs.length) {
    maps.outputs = makeSheet(outputs[0].side, outputs.length);
    maps.shown = new Float32Array(outputs[0].side ** 2);
  }
  const { shown } = maps;
  outputs.forEach((grid, i) => fillMap(maps.outputs, i, shownOutput(grid.values, meaning, shown), colormap, shape.classes ? 1 : neuronUnit(grid.scale)));
  uploadSheet(maps.outputs);
}

/** The maps of the inputs in use, or of the others. @param {CanvasRenderingContext2D} context @param {HeatMaps} maps @param {Drawing} drawing @param {boolean} used */
export function paintInputs(context, { inputs }, { shape, layout }, used) {
  const { left, top } = layout.columns[0];
  left.forEach((x, row) => {
    if (shape.used.includes(row) === used) drawMap(context, inputs, row, x, top[row], layout.tile);
  });
}

/** @param {CanvasRenderingContext2D} context @param {HeatMaps} maps @param {Drawing} drawing */
export function paintNeurons(context, { neurons, outputs }, { layout: { columns, tile } }) {
  let index = 0;
  for (const { left, top } of columns.slice(1, -1)) {
    for (let k = 0; k < left.length; k++) drawMap(context, neurons, index++, left[k], top[k], tile);
  }
  const last = columns[columns.length - 1];
  for (let k = 0; k < last.left.length; k++) drawMap(context, outputs, k, last.left[k], last.top[k], tile);
}
