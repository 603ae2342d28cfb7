// @ts-check
// One node of the drawing: name and sign above, its value, and below in violet what has come back to it.

import { numbers, signOf, tidy } from '../../draw/math/formula.js';
import { t } from '../../core/i18n.js';
import { makeSvg } from './svg.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */

const ROWS = 6; // of a vector that are written out; a longer one ends in …
const WIDEST = 7; // characters of a value that a tile has room for

/** A number that only stands in a formula. @param {Node} node */
const isNumber = (node) => node.op === 'constant' && /^k\d+$/.test(node.name);

/** @param {Node} node @param {number} unit @param {boolean} small */
export function sizeOf(node, unit, small) {
  if (isNumber(node)) return { width: Math.max(40, 20 + 8 * tidy(node.values[0]).length) * unit, height: 30 * unit };
  const rows = Math.min(node.values.length, ROWS);
  if (node.values.length > 1 || node.tensors) return { width: 150 * unit, height: (32 + 19 * rows) * unit };
  if (small) return { width: 138 * unit, height: (node.op === 'constant' ? 26 : 44) * unit };
  return { width: 98 * unit, height: 72 * unit };
}

/**
 * @param {Node} node @param {string} formula
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {{unit: number, small: boolean, forks: boolean}} how  forks: it is used more than once
 */
export function makeTile(node, formula, { x, y, width, height }, { unit, small, forks }) {
  const kind = node.inputs.length ? 'operation' : node.grads === null ? 'constant' : 'variable';
  const group = makeSvg('g', {
    class: `node ${kind}`, transform: `translate(${x} ${y})`, tabindex: 0, role: 'button',
    'data-testid': `node-${node.name}`, 'data-op': node.op, 'data-digits': small || node.values.length > 1 ? 3 : 4,
  });
  group.append(Object.assign(makeSvg('title', {}), { textContent: `${node.name} = ${formula}` }));
  const round = 9 * unit;
  group.append(makeSvg('rect', { class: 'tile', width, height, rx: round }));
  if (isNumber(node)) {
    group.append(text('value', width / 2, height / 2 + 5 * unit, 'middle'));
    return group;
  }
  if (forks) group.append(makeSvg('circle', { class: 'fork', cx: width, cy: height / 2, r: 4 * unit }));
  const vector = node.values.length > 1 || node.tensors !== undefined;
  group.append(text('name', 12 * unit, 18 * unit, 'start', node.name));
  if (small && !vector) {
    // Name and value above, sign and gradient below: side by side two numbers would not always find room.
    group.append(text('value', width - 9 * unit, 18 * unit, 'end'));
    if (height > 30 * unit) group.append(text('sign', 12 * unit, 36 * unit, 'start', signOf(node.op)), text('grad', width - 9 * unit, 36 * unit, 'end'));
    group.append(signBar(height, unit, 0));
    return group;
  }
  if (!node.name.startsWith(node.op)) group.append(text('sign', width - 9 * unit, 18 * unit, 'end', signOf(node.op)));
  const strip = vector ? 0 : 22 * unit;
  group.append(signBar(height, unit, strip));
  if (strip === 0) {
    for (let row = 0; row < Math.min(node.values.length, ROWS); row += 1) {
      const baseline = (36 + 19 * row) * unit;
      group.append(text('value', 14 * unit, baseline, 'start'), text('grad', width - 9 * unit, baseline, 'end'));
    }
    return group;
  }
  group.append(makeSvg('path', { class: 'band', d: band(width, height, strip, round) }));
  group.append(text('value large', width / 2, 41 * unit, 'middle'), text('grad', width / 2, height - 6.5 * unit, 'middle'));
  return group;
}

/** Its sign, as a line at the left. @param {number} height @param {number} unit @param {number} strip */
const signBar = (height, unit, strip) => makeSvg('rect', { class: 'sign-bar', x: 5 * unit, y: 8 * unit, width: 3 * unit, height: height - 16 * unit - strip * 0.7, rx: 1.5 * unit });

/** The lowest strip of a tile. @param {number} width @param {number} height @param {number} strip @param {number} round */
function band(width, height, strip, round) {
  return `M1 ${height - strip}H${width - 1}V${height - round}a${round - 1} ${round - 1} 0 0 1 ${1 - round} ${round - 1}H${round}a${round - 1} ${round - 1} 0 0 1 ${1 - round} ${1 - round}z`;
}

/** @param {string} kind @param {number} x @param {number} y @param {string} anchor @param {string} [words] */
function text(kind, x, y, anchor, words = '') {
  return Object.assign(makeSvg('text', { class: kind, x, y, 'text-anchor': anchor }), { textContent: words });
}

/**
 * What is known of a node by now. `data-value` is its value whether or not the walk has come there.
 * @param {SVGElement} tile @param {Node} node @param {{value: boolean, grad: boolean}} known
 */
export function showKnown(tile, node, known) {
  const [values, grads] = [tile.querySelectorAll('.value'), tile.querySelectorAll('.grad')];
  const hidden = node.values.length - values.length;
  const digits = Number(tile.dataset.digits);
  values.forEach((element, row) => {
    const shown = tidy(node.values[row], digits);
    element.textContent = !known.value ? '' : hidden > 0 && row === values.length - 1 ? '…' : shown.length > WIDEST ? tidy(node.values[row], 3) : shown;
  });
  grads.forEach((element, row) => {
    const shown = known.grad && node.grads !== null && !(hidden > 0 && row === values.length - 1);
    element.textContent = shown ? tidy(/** @type {number[]} */ (node.grads)[row], digits) : '';
  });
  tile.dataset.value = node.values.join(' ');
  tile.dataset.grad = known.grad && node.grads ? node.grads.join(' ') : '';
  tile.dataset.sign = known.value && node.values.length === 1 && node.values[0] !== 0 ? (node.values[0] > 0 ? 'pos' : 'neg') : '';
  tile.classList.toggle('known', known.value);
  tile.classList.toggle('reached', known.grad);
  const parts = [node.name, known.value ? numbers(node.values) : t('graph.not_yet')];
  if (known.grad && node.grads) parts.push(t('graph.gradient_is', { value: numbers(node.grads) }));
  tile.setAttribute('aria-label', parts.join(' · '));
}
