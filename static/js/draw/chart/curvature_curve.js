// @ts-check
// The largest curvature through time, beside the line that it must stay below. Pure.

import { niceStep } from '../base/numbers.js';
import { strokePath } from '../base/stroke.js';

/** @typedef {{step: number, began: number, largest: number, divided: boolean, bound: number | null}} CurvaturePoint  began: of which run; divided: of a rule that divides, whose largest is that of the quotient */

const MOST = 2000; // points, of which every second is dropped when there are more

/**
 * Adds what was measured. A run that began again, or went back, drops what lies ahead of it.
 * @param {CurvaturePoint[]} curve @param {{step: number, values: number[], preconditioned: number | null, bound: number | null}} message @param {number} began
 */
export function addCurvature(curve, { step, values, preconditioned, bound }, began) {
  if (curve.length && curve[curve.length - 1].began !== began) curve.length = 0;
  while (curve.length && curve[curve.length - 1].step >= step) curve.pop();
  curve.push({ step, began, largest: preconditioned ?? values[0], divided: preconditioned !== null, bound });
  if (curve.length > MOST) curve.splice(0, curve.length, ...curve.filter((_, i) => i % 2 === 1));
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {CurvaturePoint[]} curve @param {import('../base/palette.js').Palette} palette @param {{largest: string, bound: string, step: string}} names
 */
export function drawCurvatureCurve(context, width, height, curve, palette, names) {
  if (!curve.length) return;
  const { small } = palette;
  const box = { left: 5 * small, top: 2 * small, width: width - 6.5 * small, height: height - 3.8 * small };
  const bounds = curve.flatMap(({ bound }) => (bound === null ? [] : [bound]));
  const sizes = curve.map(({ largest }) => largest).sort((a, b) => a - b);
  const usual = sizes[Math.floor(0.98 * (sizes.length - 1))]; // a single spike must not press all else to the floor
  const highest = 1.15 * Math.max(usual, bounds[bounds.length - 1] ?? 0, 1e-12);
  const [first, last] = [curve[0].step, Math.max(curve[curve.length - 1].step, curve[0].step + 1)];
  const x = (/** @type {number} */ step) => box.left + ((step - first) / (last - first)) * box.width;
  const y = (/** @type {number} */ value) => box.top + (1 - Math.max(0, Math.min(1, value / highest))) * box.height;
  drawScale(context, box, { first, last, highest }, palette, names.step);
  context.lineJoin = 'round';
  const newest = curve[curve.length - 1];
  const bounded = curve.flatMap(({ step, bound }) => (bound === null ? [] : [[x(step), y(bound)]]));
  if (newest.bound !== null) bounded.push([box.left + box.width, y(newest.bound)]); // so that a single measurement has its bound, too
  strokePath(context, bounded, palette.back, 2 * palette.link, [7, 5]);
  strokePath(context, curve.map(({ step, largest }) => [x(step), y(largest)]), palette.ink, 2 * palette.link);
  context.beginPath();
  context.arc(x(newest.step), y(newest.largest), 3.5 * palette.link, 0, 2 * Math.PI);
  context.fillStyle = palette.ink;
  context.fill();
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillStyle = palette.ink;
  context.fillText(names.largest, box.left, 0.3 * small);
  context.fillStyle = palette.back;
  if (bounds.length) context.fillText(names.bound, box.left + context.measureText(names.largest).width + 2 * small, 0.3 * small);
}

/** @param {CanvasRenderingContext2D} context @param {{left: number, top: number, width: number, height: number}} box @param {{first: number, last: number, highest: number}} range @param {import('../base/palette.js').Palette} palette @param {string} name */
function drawScale(context, { left, top, width, height }, { first, last, highest }, palette, name) {
  const { small } = palette;
  context.font = `${small}px ${palette.font}`;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.fillStyle = palette.soft;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const step = niceStep(highest / Math.max(1, Math.min(6, Math.floor(height / (1.8 * small)))));
  for (let value = 0; value <= highest; value += step) {
    const at = top + (1 - value / highest) * height;
    context.beginPath();
    context.moveTo(left, at);
    context.lineTo(left + width, at);
    context.stroke();
    context.fillText(String(Number(value.toPrecision(3))), left - 0.5 * small, at);
  }
  context.textBaseline = 'top';
  context.textAlign = 'left';
  context.fillText(String(first), left, top + height + 0.4 * small);
  context.textAlign = 'right';
  context.fillText(String(last), left + width, top + height + 0.4 * small);
  context.textAlign = 'center';
  context.fillText(name, left + width / 2, top + height + 0.4 * small);
}
