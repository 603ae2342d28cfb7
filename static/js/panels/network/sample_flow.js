// @ts-check
// One sample on its way through a step: which of its activations and deltas are known at a phase of slow motion, and the
// dots that move along the links.

import { linkPoint } from '../../draw/network/links.js';
import { cssColor } from '../../draw/base/palette.js';
import { drawnValues } from './shape.js';
import { sourceOf } from './subjects.js';

const TRAIL = 4; // dots behind each other on a link

/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/**
 * @typedef {object} SampleFlow
 * @property {Record<number, number[]>} activations  by layer, −1: the inputs
 * @property {Record<number, number[]>} sums  z, by layer
 * @property {Record<number, number[]>} deltas  by layer
 * @property {{layer: number, backward: boolean} | null} moving  the links along which dots move at this phase
 */

/**
 * What is known of a step at a phase; outside slow motion, all activations and no deltas.
 * @param {import('../../wire/messages.js').OpenedStep} opened @param {{index: number, name: string, layer: number | null} | null} phase
 * @returns {SampleFlow}
 */
export function flowOf(opened, phase) {
  /** @type {Record<number, number[]>} */
  const activations = {};
  /** @type {Record<number, number[]>} */
  const sums = {};
  /** @type {Record<number, number[]>} */
  const deltas = {};
  const until = phase ? phase.index : opened.phases.length;
  opened.phases.forEach(({ name, layer, bound }, i) => {
    if (layer === null) return;
    if (name === 'forward' && layer === 0) activations[-1] = bound.below;
    if (name === 'forward' && i <= until) [sums[layer], activations[layer]] = [bound.z, bound.a];
    if (name === 'backward' && phase && i <= until && phase.name !== 'update') deltas[layer] = bound.d_z;
  });
  const isMoving = phase && (phase.name === 'forward' || phase.name === 'backward') && phase.layer !== null;
  return { activations, sums, deltas, moving: isMoving ? { layer: phase.layer ?? 0, backward: phase.name === 'backward' } : null };
}

/**
 * Dots along the links of a layer, as large as what the links carry: weight · activation, or weight · delta backward.
 * @param {CanvasRenderingContext2D} context @param {Drawing} drawing
 * @param {import('../../wire/frames.js').Frame} frame @param {SampleFlow} flow @param {number} progress  0 … 1, from one side to the other
 */
export function paintFlow(context, drawing, frame, flow, progress) {
  const { moving } = flow;
  if (!moving || progress >= 1) return;
  const { shape, links, palette } = drawing;
  const { layer, backward } = moving;
  const weights = drawnValues(shape, frame.parameters, layer, 'weight');
  if (!weights) return;
  const start = links.starts[layer];
  const carried = carriedValues(drawing, weights, flow, layer, backward);
  const largest = carried.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  for (let i = 0; i < carried.length; i++) {
    const share = Math.sqrt(Math.abs(carried[i]) / largest);
    context.fillStyle = backward ? palette.back : cssColor(carried[i] < 0 ? palette.negative : palette.positive);
    for (let dot = 0; dot < TRAIL; dot++) {
      const along = progress * 1.15 - dot * 0.05;
      if (along <= 0 || along >= 1) continue;
      const [x, y] = linkPoint(links, start + i, backward ? 1 - along : along);
      context.globalAlpha = 1 - dot / TRAIL;
      context.beginPath();
      context.arc(x, y, (1.5 + 3.5 * share) * palette.link ** 0.5, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

/** What each link of a layer carries. @param {Drawing} drawing @param {Float32Array} weights @param {SampleFlow} flow @param {number} layer @param {boolean} backward */
function carriedValues({ shape, links }, weights, { activations, deltas }, layer, backward) {
  const [start, end] = [links.starts[layer], links.starts[layer + 1]];
  return Float32Array.from({ length: end - start }, (_, i) => {
    const other = backward ? deltas[layer]?.[shape.drawn[layer + 1][links.to[start + i]]] : activations[layer - 1]?.[sourceOf(shape, layer, links.from[start + i])];
    return weights[i] * (other ?? 0);
  });
}
