// @ts-check
// One line of the backward pass as a program would write it. Pure.

import { contributions } from '../../draw/dag/walk.js';
import { asFactor, slopeOf } from '../../draw/math/formula.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */

const MINUS = '−';

/**
 * The gradient of a node by those of its users: grad_w0 = grad_p0 · x0, a sum where the node is used more than once.
 * @param {Node} node @param {Node[]} nodes @param {Map<string, Node>} byName
 */
export function gradientLine(node, nodes, byName) {
  if (node === nodes[nodes.length - 1]) return '1';
  const terms = contributions(nodes, node.name).map(({ from, slot }) => {
    const slope = slopeOf(/** @type {Node} */ (byName.get(from)), slot, byName);
    return slope === '1' ? `grad_${from}` : slope === `${MINUS}1` ? `${MINUS}grad_${from}` : `grad_${from} · ${asFactor(slope)}`;
  });
  return terms.join(' + ').replaceAll(`+ ${MINUS}`, `${MINUS} `) || '0';
}
