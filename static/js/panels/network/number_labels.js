// @ts-check
// Number labels, on a canvas of their own: of each link and bias, and of each neuron for one sample, with the dots of slow
// motion. Repainted at a rate at which numbers can be read, not with every frame.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { inUnit, scientific, superscript, unitFor } from '../../draw/base/numbers.js';
import { biasLabelAt, hasNeuronLabels, hasSum, isAlone, neuronLabelAt, neuronLabelWidth, sumLabelAt, unitLabelAt } from '../../draw/network/number_labels.js';
import { paintFlow } from './sample_flow.js';
import { drawnValues } from './shape.js';

const FAINT = 0.4; // opacity of the labels that are not emphasized
const FLOW_TIME = 900; // milliseconds from one side of a layer to the other
const LEAST_FIXED = 0.01; // an activation below it is written as a power of ten

/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/** @typedef {import('./sample_flow.js').SampleFlow} SampleFlow */
/** @typedef {import('../../wire/frames.js').Frame} Frame */
/**
 * @typedef {object} Shown
 * @property {import('./network_canvas.js').LinkValue} kind
 * @property {import('../../draw/network/number_labels.js').LinkLabels} labels  of the links
 * @property {((link: number) => boolean) | null} emphasized  links whose labels stand out
 * @property {SampleFlow | null} flow
 * @property {string} phase  of slow motion: when it changes, the dots begin anew
 */
/**
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} context
 * @property {Map<string, number>} units  powers of ten in which numbers are written, by kind and layer
 * @property {number} size  px of the font
 */

/** @param {HTMLCanvasElement} canvas */
export function createNumberLabels(canvas) {
  const context = contextOf(canvas);
  /** @type {Pen} */
  const pen = { context, units: new Map(), size: 10 };
  /** @type {Drawing | null} */
  let drawing = null;
  let flowStart = 0; // when the dots began, ms; −Infinity: they do not move
  let flowPhase = '';
  /** @type {() => void} */
  let repaint = () => {};

  return {
    /** @param {Drawing} next @param {number} height px */
    arrange(next, height) {
      if (next.shape.key !== drawing?.shape.key) pen.units.clear();
      drawing = next;
      pen.size = next.labels?.cell.size ?? next.palette.small;
      fitCanvas(canvas, next.layout.width, height);
    },

    /** @param {Frame | null} frame @param {Shown} shown */
    paint(frame, shown) {
      if (!drawing) return;
      const { flow, phase } = shown;
      canvas.hidden = !frame || !(drawing.labels || flow);
      if (!frame || canvas.hidden) {
        flowPhase = '';
        return;
      }
      repaint = () => this.paint(frame, shown);
      if (phase !== flowPhase) {
        flowPhase = phase;
        flowStart = matchMedia('(prefers-reduced-motion: reduce)').matches ? -Infinity : performance.now();
      }
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.font = `${pen.size}px ${drawing.palette.font}`;
      context.textBaseline = 'middle';
      context.lineJoin = 'round';
      writeParameters(pen, drawing, frame, shown);
      if (!flow) return;
      const progress = (performance.now() - flowStart) / FLOW_TIME;
      paintFlow(context, drawing, frame, flow, progress);
      writeNeurons(pen, drawing, flow);
      if (flow.moving && progress < 1) requestAnimationFrame(() => repaint());
    },
  };
}

/** The power of ten in which some numbers are written. @param {Pen} pen @param {string} what @param {ArrayLike<number>[]} values */
function unitOf({ units }, what, ...values) {
  let largest = 0;
  for (const list of values) for (let i = 0; i < list.length; i++) largest = Math.max(largest, Math.abs(list[i] ?? 0));
  const unit = unitFor(largest, units.get(what) ?? 0);
  units.set(what, unit);
  return unit;
}

/** Text with an outline in the panel's colour. @param {Pen} pen @param {Drawing} drawing @param {string} text @param {import('../../draw/network/number_labels.js').Point} point @param {string} color */
function write({ context, size }, { palette }, text, { x, y }, color) {
  context.strokeStyle = palette.panel;
  context.lineWidth = size * 0.42;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** @param {Pen} pen @param {Drawing} drawing @param {number} unit @param {import('../../draw/network/number_labels.js').Point} point @param {string} color */
function writeUnit(pen, drawing, unit, point, color) {
  if (unit) write(pen, drawing, `·10${superscript(unit)}`, point, color);
}

/** @param {Pen} pen @param {Drawing} drawing @param {Frame} frame @param {Shown} shown */
function writeParameters(pen, drawing, frame, shown) {
  const { context, size } = pen;
  const { links, palette, labels } = drawing;
  if (!labels) return;
  context.fillStyle = palette.fill;
  context.beginPath();
  for (const background of shown.labels.backgrounds) context.roundRect(...background, size * 0.4);
  context.fill();
  context.textAlign = 'right';
  for (let layer = 0; layer + 1 < links.starts.length; layer++) writeLayer(pen, drawing, labels, layer, frame, shown);
}

/**
 * The numbers of a layer's links, its biases and its unit.
 * @param {Pen} pen @param {Drawing} drawing @param {import('../../draw/network/number_labels.js').LabelLayout} layout
 * @param {number} layer @param {Frame} frame @param {Shown} shown
 */
function writeLayer(pen, drawing, layout, layer, frame, { kind, labels, emphasized }) {
  const { context } = pen;
  const { shape, links, palette } = drawing;
  const tensors = { weight: frame.parameters, gradient: frame.gradients, update: frame.updates }[kind];
  const color = kind === 'weight' ? palette.ink : palette.back;
  const [start, end] = [links.starts[layer], links.starts[layer + 1]];
  const weights = drawnValues(shape, tensors, layer, 'weight') ?? [];
  const biases = hasNeuronLabels(layout.layout, layer + 1, layout.cell) ? drawnValues(shape, tensors, layer, 'bias') ?? [] : [];
  const unit = unitOf(pen, `${kind} ${layer}`, weights, biases);
  for (let n = start; n < end && n - start < weights.length; n++) {
    const position = labels.positions[n];
    if (!position) continue;
    context.fillStyle = color;
    context.globalAlpha = !emphasized || emphasized(n) ? 1 : FAINT;
    context.fillText(inUnit(weights[n - start], unit), position.x, position.y);
  }
  context.globalAlpha = 1;
  for (let k = 0; k < biases.length; k++) {
    const { x, y } = biasLabelAt(layout, layer + 1, k);
    write(pen, drawing, inUnit(biases[k], unit), { x: x + layout.cell.width, y }, color);
  }
  writeUnit(pen, drawing, unit, unitLabelAt(layout, layer), color);
}

/** On the tiles: activations, and deltas in place of those whose delta is known. @param {Pen} pen @param {Drawing} drawing @param {SampleFlow} flow */
function writeNeurons(pen, drawing, { activations, sums, deltas }) {
  const { layout, palette, labels } = drawing;
  pen.context.textAlign = 'center';
  layout.columns.forEach(({ left, center }, column) => {
    const layer = column - 1;
    const values = deltas[layer] ?? activations[layer];
    const staggered = left.some((x) => x !== left[0]); // tiles side by side have no room for labels
    if (!values || staggered || (labels && column && !hasNeuronLabels(layout, column, labels.cell))) return;
    const isDelta = Boolean(deltas[layer]);
    const isFree = !labels || isAlone(layout, column);
    const unit = isFree ? null : unitOf(pen, `${isDelta ? 'delta' : 'activation'} ${layer}`, values);
    writeColumn(pen, drawing, column, values, unit, isDelta);
    if (unit) writeUnit(pen, drawing, unit, { x: center, y: layout.bottom + pen.size * 0.4 }, isDelta ? palette.back : palette.ink);
    if (!labels || !hasSum(labels, column)) return;
    const sum = `z = ${numberAlone(sums[layer][0])}`;
    write(pen, drawing, sum, sumLabelAt(labels, column, pen.context.measureText(sum).width + pen.size * 0.42), palette.ink);
  });
}

/** A number that shares no unit with others. @param {number} value */
function numberAlone(value) {
  const size = Math.abs(value);
  return size > 0 && size < LEAST_FIXED ? scientific(value, size < LEAST_FIXED / 10 ? 0 : 1) : inUnit(value, 0);
}

/** @param {Pen} pen @param {Drawing} drawing @param {number} column @param {number[]} values  by neuron @param {number | null} unit  null: each number for itself @param {boolean} isDelta */
function writeColumn({ context, size }, { shape, layout, palette, labels }, column, values, unit, isDelta) {
  const { left, top, center } = layout.columns[column];
  for (let k = 0; k < left.length; k++) {
    const neuron = column || !shape.features.length ? shape.drawn[column][k] : shape.used.indexOf(k);
    const value = values[neuron];
    if (value === undefined || value === null) continue;
    const small = isDelta || (value !== 0 && Math.abs(value) < LEAST_FIXED);
    const text = unit !== null ? inUnit(value, unit) : labels ? numberAlone(value) : small ? scientific(value, 1) : inUnit(value, 0);
    const width = labels ? Math.max(neuronLabelWidth(labels.cell), context.measureText(text).width) : context.measureText(small ? '−0.0·10⁻⁰' : '−0.00').width + 6;
    const onTile = { x: Math.min(column ? center : Math.max(center, left[k] + width / 2), layout.width - width / 2), y: top[k] + layout.tile / 2 }; // names are left of the inputs
    const { x, y } = labels ? neuronLabelAt(labels, column, k) : onTile;
    context.fillStyle = palette.panel;
    context.globalAlpha = 0.9;
    context.beginPath();
    context.roundRect(x - width / 2, y - size * 0.6, width, size * 1.2, size * 0.4);
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = isDelta ? palette.back : palette.ink;
    context.fillText(text, x, y);
  }
}
