// @ts-check
// One edge of the drawing: forward a line, backward an arrow with what flows along it and by what it was multiplied.

import { pathOf } from '../../draw/dag/dag.js';
import { tidy, within } from '../../draw/math/formula.js';
import { makeSvg } from './svg.js';

/** @typedef {import('../../draw/dag/dag.js').Edge} Edge */
/** @typedef {import('../../draw/dag/dag.js').Point} Point */

/** @param {Edge} edge @param {Point} middle  of its numbers @param {number} unit  px per px at a desk */
export function makeEdge(edge, middle, unit) {
  const group = makeSvg('g', { class: 'edge' });
  const path = pathOf(edge.points);
  const label = makeSvg('g', { class: 'flow', transform: `translate(${middle.x} ${middle.y})` });
  label.append(
    makeSvg('rect', { rx: 7 * unit, height: 18 * unit, y: -9 * unit }),
    makeSvg('text', { class: 'amount', y: 4.5 * unit, 'text-anchor': 'middle' }),
    makeSvg('text', { class: 'slope', y: -13 * unit, 'text-anchor': 'middle' }),
  );
  group.append(makeSvg('path', { class: 'violet', d: path }), makeSvg('path', { class: 'wire', d: path }), makeSvg('path', { class: 'arrow', d: arrowHead(edge.points[0], unit) }), label);
  return group;
}

/** Of the arrow that comes back to a node. @param {Point} end @param {number} unit */
const arrowHead = ({ x, y }, unit) => `M${x + 9 * unit} ${y - 5 * unit}L${x + 2 * unit} ${y}L${x + 9 * unit} ${y + 5 * unit}`;

/**
 * What flows back along it, in figures on it, and above them by what it was multiplied; null: nothing is written.
 * @param {SVGElement} edge @param {number | null} flow @param {number | null} slope
 */
export function writeFlow(edge, flow, slope) {
  const [plate, amount, factor] = ['rect', '.amount', '.slope'].map((selector) => /** @type {SVGElement} */ (edge.querySelector(`.flow ${selector}`)));
  factor.textContent = slope === null ? '' : `× ${within(slope)}`;
  amount.textContent = flow === null ? '' : tidy(flow);
  edge.classList.toggle('with-flow', flow !== null);
  if (flow === null) return;
  const width = /** @type {SVGTextElement} */ (amount).getComputedTextLength() + 12;
  plate.setAttribute('width', String(width));
  plate.setAttribute('x', String(-width / 2));
}
