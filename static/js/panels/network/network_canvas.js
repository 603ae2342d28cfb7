// @ts-check
// The canvas of the network: links, heat maps on tiles, biases, the gradient river. A drawing is made when the shape, the
// size or the colours change; a frame only fills and paints it. The inputs, which no frame changes, are painted with the drawing
// and then copied.

import { contextOf, density, fitCanvas } from '../../draw/base/canvas.js';
import { colorOf, makeColormap } from '../../draw/base/colormap.js';
import { readPalette } from '../../draw/base/palette.js';
import { paintRiver } from '../../draw/network/gradient_river.js';
import { outlines } from '../../draw/network/heat_maps.js';
import { layerCenters, layoutNetwork } from '../../draw/network/layout.js';
import { makeLinks, paintLinks, setStrengths } from '../../draw/network/links.js';
import { paintResidualArcs, residualPairs } from '../../draw/network/residual_arcs.js';
import { layoutWithLabels } from '../../draw/network/number_labels.js';
import { hasOutputMarks, isPartlyDrawn, paintColumnNotes, paintInputNames, paintOutputMarks } from './annotations.js';
import { blankNeurons, fillInputs, fillNeurons, makeHeatMaps, paintInputs, paintNeurons } from './heat_maps.js';
import { drawnValues, tileOf } from './shape.js';
import { emphasizedLinks } from './subjects.js';

const UNUSED_OPACITY = 0.32; // of inputs not in use
const LEAST_BIAS_COLOR = 0.5; // of full colour, so that a bias near zero shows its sign
const RIVER_STEP = 3; // px the river's arrows move with each new frame
const RIVER = { gap: 6, height: 30 }; // px below the columns; px at full height

/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('./shape.js').Place} Place */
/** @typedef {'weight' | 'gradient' | 'update'} LinkValue  what the links show */
/** @typedef {ReturnType<typeof createNetworkCanvas>} NetworkCanvas */
/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/**
 * @typedef {object} Shown
 * @property {LinkValue} kind
 * @property {import('../../draw/base/colormap.js').Meaning} meaning   of the outputs
 * @property {Place | null} hovered   the neuron under the pointer
 * @property {number} link   the link under the pointer, −1: none
 * @property {Place | null} opened   the neuron in the inspector
 * @property {number} layer   whose links are emphasized where no link or neuron is hovered, −1: none
 * @property {boolean} labelled   links have number labels and are fainter
 */

/** @param {HTMLCanvasElement} canvas */
export function createNetworkCanvas(canvas) {
  const context = contextOf(canvas);
  const maps = makeHeatMaps();
  const inputs = document.createElement('canvas');
  /** @type {Drawing | null} */
  let drawing = null;
  /** @type {Frame | null} */
  let filled = null; // the frame in the heat maps
  /** @type {LinkValue | null} */
  let strengthsOf = null; // what the links' strengths were set from
  let riverOffset = 0;

  return {
    get drawing() { return drawing; },

    /** @param {Shape} shape @param {number} width px @param {number} height px @param {import('./heat_maps.js').FeatureMaps | null} featureMaps @param {{labelled: boolean, headed: boolean}} extras  whether links have number labels, and columns controls above them */
    arrange(shape, width, height, featureMaps, extras) {
      const isNew = shape.key !== drawing?.shape.key;
      drawing = makeDrawing(canvas, context, shape, width, height, extras);
      [filled, strengthsOf] = [null, null];
      fillInputs(maps, drawing, featureMaps);
      paintInputsLayer(inputs, drawing, maps);
      if (isNew) blankNeurons(maps, drawing);
    },

    /** @param {Frame | null} frame   of this shape; null: heat maps stay as they are @param {Shown} shown */
    paint(frame, shown) {
      if (!drawing) return;
      const { layout, palette } = drawing;
      context.clearRect(0, 0, layout.width, layout.height + riverHeight(palette));
      if (frame) {
        const isNew = frame !== filled;
        if (isNew) riverOffset += RIVER_STEP;
        if (isNew || strengthsOf !== shown.kind) setLinks(drawing, frame, shown.kind);
        if (isNew) fillNeurons(maps, drawing, frame, shown.meaning);
        filled = frame;
        strengthsOf = shown.kind;
      }
      paintLinksOf(context, drawing, shown);
      paintResidualArcs(context, layout, drawing.residuals, palette);
      context.drawImage(inputs, 0, 0, inputsWidth(drawing), layout.height);
      paintTiles(context, drawing, maps, Boolean(filled?.maps)); // pixels of weight pictures are not smoothed
      paintSelection(context, drawing, shown.hovered ?? shown.opened);
      if (frame) paintBiases(context, drawing, frame);
      paintRiverOf(context, drawing, frame, riverOffset);
    },
  };
}

/** px for the gradient river and its numbers. @param {Drawing['palette']} palette */
const riverHeight = ({ text }) => Math.round(text * 2.4 + 34);

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context @param {Shape} shape @param {number} width @param {number} height @param {{labelled: boolean, headed: boolean}} extras @returns {Drawing} */
function makeDrawing(canvas, context, shape, width, height, { labelled, headed }) {
  const palette = readPalette(canvas);
  const markWidth = hasOutputMarks(shape) ? palette.text * 1.3 : 0;
  const noteHeight = shape.drawn.some((_, column) => isPartlyDrawn(shape, column)) ? palette.small * 1.6 : 0;
  const box = { width, height: height - riverHeight(palette), counts: shape.counts, text: palette.text, markWidth, noteHeight, headed };
  context.font = `100px ${palette.font}`;
  const labels = labelled ? layoutWithLabels(box, context.measureText('−0.00').width / 100, shape.used.length) : null;
  const layout = labels?.layout ?? layoutNetwork(box);
  fitCanvas(canvas, layout.width, height);
  const corners = layout.columns.map(({ left, top }) => Array.from(left, (x, k) => /** @type {[number, number]} */ ([x, top[k]])));
  const used = corners[0].filter((_, row) => shape.used.includes(row));
  const unused = corners[0].filter((_, row) => !shape.used.includes(row));
  return {
    shape, layout, labels, links: makeLinks(layout, shape.used), palette, colormap: makeColormap(palette, 1),
    residuals: residualPairs(shape.drawn, shape.used, shape.hidden),
    usedInputs: outlines(used, layout.tile, layout.radius),
    unusedInputs: outlines(unused, layout.tile, layout.radius),
    neurons: outlines(corners.slice(1).flat(), layout.tile, layout.radius),
  };
}

/** @param {Drawing} drawing @param {Frame} frame @param {LinkValue} kind */
function setLinks({ shape, links }, frame, kind) {
  const tensors = { weight: frame.parameters, gradient: frame.gradients, update: frame.updates }[kind];
  setStrengths(links, kind, frame.gradient_norms.map((_, layer) => drawnValues(shape, tensors, layer, 'weight') ?? []));
}

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Shown} shown */
function paintLinksOf(context, { shape, layout, links, palette }, { hovered, link, layer, labelled }) {
  const thickness = palette.link * Math.max(0.3, Math.min(1.25, layout.tile / 30));
  const ofLayer = layer < 0 && !labelled ? null : (/** @type {number} */ n) => layer >= 0 && links.layer[n] === layer;
  paintLinks(context, links, { palette, thickness, chosen: emphasizedLinks(shape, links, hovered, link) ?? ofLayer });
}

/** px, with the edges of the tiles. @param {Drawing} drawing */
const inputsWidth = ({ layout: { columns: [inputs], tile } }) => Math.ceil(Math.max(...inputs.left) + tile + 2);

/** Their tiles and names, where they are on the picture. @param {HTMLCanvasElement} layer @param {Drawing} drawing @param {import('./heat_maps.js').HeatMaps} maps */
function paintInputsLayer(layer, drawing, maps) {
  const { shape, layout, usedInputs, unusedInputs } = drawing;
  const context = contextOf(layer);
  layer.width = Math.round(inputsWidth(drawing) * density());
  layer.height = Math.round(layout.height * density());
  context.scale(layer.width / inputsWidth(drawing), layer.height / layout.height);
  context.imageSmoothingQuality = 'high';
  context.imageSmoothingEnabled = shape.features.length > 0; // pixels are not smoothed
  context.globalAlpha = UNUSED_OPACITY;
  paintWithin(context, unusedInputs, drawing, () => paintInputs(context, maps, drawing, false));
  context.globalAlpha = 1;
  paintWithin(context, usedInputs, drawing, () => paintInputs(context, maps, drawing, true));
  paintInputNames(context, drawing);
}

/** The tiles' outlines with what is in them. @param {CanvasRenderingContext2D} context @param {Path2D} tiles @param {Drawing} drawing @param {() => void} paint */
function paintWithin(context, tiles, { layout, palette }, paint) {
  context.save();
  context.clip(tiles);
  paint();
  context.restore();
  context.strokeStyle = palette.ink;
  context.lineWidth = Math.max(0.9, Math.min(1.4, layout.tile / 22)) * palette.link ** 0.5;
  context.stroke(tiles);
}

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {import('./heat_maps.js').HeatMaps} maps @param {boolean} smooth */
function paintTiles(context, drawing, maps, smooth) {
  context.imageSmoothingQuality = 'high';
  context.imageSmoothingEnabled = smooth;
  paintWithin(context, drawing.neurons, drawing, () => paintNeurons(context, maps, drawing));
  if (hasOutputMarks(drawing.shape)) paintOutputMarks(context, drawing);
  paintColumnNotes(context, drawing);
}

/** The frame around the neuron that is looked at. @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Place | null} place */
function paintSelection(context, { shape, layout, palette }, place) {
  const tile = place ? tileOf(shape, place) : -1;
  if (!place || tile < 0) return;
  const { left, top } = layout.columns[place.layer + 1];
  context.strokeStyle = palette.back;
  context.lineWidth = 3 * palette.link ** 0.5;
  context.stroke(outlines([[left[tile], top[tile]]], layout.tile, layout.radius));
}

/** The dot at each neuron's lower left corner. @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Frame} frame */
function paintBiases(context, { shape, layout, palette, colormap }, frame) {
  const { columns, tile } = layout;
  const radius = Math.max(1.8, Math.min(5, tile * 0.14)) * palette.link ** 0.5;
  const inset = tile * 0.06;
  context.strokeStyle = palette.panel;
  context.lineWidth = radius * 0.36;
  for (let layer = 0; layer + 1 < columns.length; layer++) {
    const { left, top } = columns[layer + 1];
    const biases = drawnValues(shape, frame.parameters, layer, 'bias');
    if (!biases) continue; // switched off
    for (let k = 0; k < left.length; k++) {
      context.fillStyle = colorOf(colormap, Math.sign(biases[k]) * (LEAST_BIAS_COLOR + Math.abs(biases[k])));
      context.beginPath();
      context.arc(left[k] + inset, top[k] + tile - inset, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Frame | null} frame @param {number} offset px */
function paintRiverOf(context, { layout, palette }, frame, offset) {
  const { columns, height } = layout;
  const middles = layerCenters(layout);
  const norms = frame ? frame.gradient_norms : middles.map(() => 0);
  paintRiver(context, { xs: [columns[0].center, ...middles, columns[columns.length - 1].center], norms, top: height + RIVER.gap, height: RIVER.height, offset }, palette);
}
