// @ts-check
import { pathsTo } from '/static/js/draw/dag/paths.js';
import { asFactor, called, formulaOf, slopeOf, substituted, tidy, within } from '/static/js/draw/math/formula.js';
import { contributions, goBackward, goForward, knownAt, walkOf } from '/static/js/draw/dag/walk.js';
import { equal, test } from '/js-tests/harness.js';

/** @param {string} name @param {string} op @param {string[]} inputs @param {number} value @param {number | null} grad @param {(number | null)[]} flows */
const node = (name, op, inputs, value, grad, flows = []) => ({
  name, op, inputs, values: [value], grads: grad === null ? null : [grad], local: flows, flows,
});
const NODES = [
  node('a', 'variable', [], 2, 5), node('b', 'multiply', ['a', 'a'], 4, 1, [2, 2]), node('k1', 'constant', [], -1, null),
  node('L', 'add', ['b', 'k1'], 3, 1, [1, null]),
];
const BY_NAME = new Map(NODES.map((each) => [each.name, each]));
const WALK = walkOf(NODES);

test('forward goes through operations, backward through all that have a gradient', () => {
  equal(WALK.steps.map((step) => `${step.pass} ${step.node.name}`), ['forward b', 'forward L', 'backward L', 'backward b', 'backward a']);
  equal(WALK.turn, 2);
});

test('steps stop at the ends, and backward finishes forward first', () => {
  equal([goForward(WALK, 0), goForward(WALK, 2), goForward(WALK, 4)], [1, 2, 3]);
  equal([goBackward(WALK, 0), goBackward(WALK, 3), goBackward(WALK, 5)], [3, 4, 5]);
});

test('what is known grows with every step', () => {
  const at = (/** @type {number} */ position) => {
    const { values, grads } = knownAt(WALK, position, NODES);
    return [[...values].join(''), [...grads].join('')];
  };
  equal([at(0), at(1), at(4)], [['ak1', ''], ['ak1b', ''], ['ak1bL', 'Lb']]);
});

test('an input used twice gets two contributions', () => {
  equal(contributions(NODES, 'a'), [{ from: 'b', slot: 0, flow: 2 }, { from: 'b', slot: 1, flow: 2 }]);
  equal(contributions(NODES, 'k1'), []);
});

test('numbers are written as people write them', () => {
  equal([6, 0.7310585, -2.5, 1234.5678, 1e-9, 2.5e7, 0, NaN].map((value) => tidy(value)), ['6', '0.7311', '−2.5', '1234.57', '10⁻⁹', '2.5·10⁷', '0', 'NaN']);
  equal([within(-2), within(2)], ['(−2)', '2']);
});

test('formulas name their inputs, and a number by its value', () => {
  const [, product, constant, last] = NODES;
  equal([formulaOf(product, BY_NAME), formulaOf(last, BY_NAME), called(constant.name, BY_NAME)], ['a · a', 'b + (−1)', '(−1)']);
  equal([substituted(product, BY_NAME), slopeOf(product, 0, BY_NAME), slopeOf(last, 0, BY_NAME)], ['2 · 2', 'a', '1']);
});

test('every path to the result is found, from the result down, and more are counted', () => {
  const paths = (/** @type {number} */ most) => pathsTo(NODES, 'a', most).paths.map((path) => path.map(({ user, slot }) => user.name + slot).join(' '));
  equal(paths(9), ['L0 b0', 'L0 b1']);
  equal([paths(1), pathsTo(NODES, 'a', 1).count], [['L0 b0'], 2]);
  equal(pathsTo([...NODES.slice(0, 2), node('c', 'copy', ['a'], 2, 0), ...NODES.slice(2)], 'c', 9), { paths: [], count: 0 });
});

test('a slope that is a sum stands in parentheses, and no other', () => {
  const slopes = ['b', 'L·(1 − L)', '1 − y²', '−y/b', '[a > 0]', '[a > 0] + s·[a ≤ 0]', '(a)', 'max(|e| − δ, 0)', '1/√(v + ε)'];
  equal(slopes.map(asFactor), ['b', 'L·(1 − L)', '(1 − y²)', '(−y/b)', '[a > 0]', '([a > 0] + s·[a ≤ 0])', '(a)', 'max(|e| − δ, 0)', '1/√(v + ε)']);
});
