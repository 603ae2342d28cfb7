// @ts-check
import { gradientLine } from '/static/js/panels/graph/gradient_line.js';
import { equal, test } from '/js-tests/harness.js';

/** @typedef {import('/static/js/draw/dag/walk.js').Node} Node */

/** @param {string} name @param {string} op @param {string[]} inputs @returns {Node} */
const node = (name, op, inputs) => ({ name, op, inputs, values: [1], grads: [1], local: inputs.map(() => 1), flows: inputs.map(() => 1) });
/** @param {Node[]} nodes */
const named = (nodes) => new Map(nodes.map((each) => [each.name, each]));
const NODES = [node('a', 'variable', []), node('b', 'multiply', ['a', 'a']), node('L', 'copy', ['b'])];

test('a line of the backward pass sums what comes back, and slopes of one are left out', () => {
  const lines = NODES.map((each) => gradientLine(each, NODES, named(NODES)));
  equal(lines, ['grad_b · a + grad_b · a', 'grad_L', '1']);
  const turned = [node('a', 'variable', []), node('L', 'subtract', ['a', 'a'])];
  equal(gradientLine(turned[0], turned, named(turned)), 'grad_L − grad_L');
});
