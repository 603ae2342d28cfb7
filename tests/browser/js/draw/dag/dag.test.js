// @ts-check
import { crossings, layOut, pathOf, ranksOf, spread, stack } from '/static/js/draw/dag/dag.js';
import { assert, equal, near, test } from '/js-tests/harness.js';

const GAPS = /** @type {import('/static/js/draw/dag/dag.js').Gaps} */ ({ row: 10, column: [20, 60], width: 1000 });
const box = (/** @type {string} */ name, /** @type {string[]} */ ...inputs) => ({ name, inputs, width: 100, height: 40 });
const NEURON = [
  box('w0'), box('x0'), box('p0', 'w0', 'x0'), box('w1'), box('x1'), box('p1', 'w1', 'x1'), box('s', 'p0', 'p1'),
  box('b'), box('z', 's', 'b'), box('L', 'z'),
];

test('inputs stand right before what uses them first', () => {
  const ranks = ranksOf(NEURON);
  equal(['w0', 'p0', 's', 'b', 'z', 'L'].map((name) => ranks.get(name)), [0, 1, 2, 2, 3, 4]);
});

test('boxes of a graph do not touch and edges run from left to right', () => {
  const { places, edges, width, height } = layOut(NEURON, GAPS);
  const all = [...places.values()];
  for (const [i, a] of all.entries()) {
    for (const b of all.slice(i + 1)) assert(Math.abs(a.x - b.x) >= 100 || Math.abs(a.y - b.y) >= 50 - 1e-6, 'two boxes touch');
    assert(a.x >= 50 && a.x <= width - 50 && a.y >= 20 - 1e-6 && a.y <= height - 20 + 1e-6, 'a box sticks out');
  }
  equal(edges.length, 9, 'edges');
  for (const { points } of edges) assert(points[0].x < points[points.length - 1].x);
});

test('a tree is drawn without crossings, in the order it is written', () => {
  const { places } = layOut(NEURON, GAPS);
  const heights = ['w0', 'x0', 'w1', 'x1'].map((name) => places.get(name)?.y ?? 0);
  equal(heights, [...heights].sort((a, b) => a - b));
  near((places.get('p0')?.y ?? 0), (heights[0] + heights[1]) / 2, 20, 'p0 between its inputs');
});

test('an edge that passes a column is led between its boxes', () => {
  const { edges, places } = layOut([box('a'), box('b', 'a'), box('c', 'b', 'a')], GAPS);
  const passing = edges.find(({ from, to }) => from === 'a' && to === 'c');
  equal(passing?.points.length, 3, 'points');
  near(passing?.points[1].x ?? 0, places.get('b')?.x ?? 1, 1e-9);
  assert(Math.abs((passing?.points[1].y ?? 0) - (places.get('b')?.y ?? 0)) >= 37 - 1e-6, 'it runs through b');
});

test('an input used twice has two edges with ends of their own', () => {
  const { edges } = layOut([box('x'), box('y', 'x', 'x')], GAPS);
  equal(edges.map(({ slot }) => slot), [0, 1]);
  assert(edges[0].points[1].y < edges[1].points[1].y);
});

test('columns come nearer where there is little room, within bounds', () => {
  const wide = layOut(NEURON, GAPS).width;
  const tight = layOut(NEURON, { ...GAPS, width: 600 }).width;
  const tightest = layOut(NEURON, { ...GAPS, width: 100 }).width;
  equal([wide, tight, tightest].map(Math.round), [740, 600, 580]);
});

test('cells are packed as near to their wishes as their order allows', () => {
  const cells = [10, 10, 10].map((size) => ({ rank: 0, size, before: [], after: [], y: 0 }));
  stack(cells, [0, 0, 100], 2);
  equal(cells.map(({ y }) => y), [-6, 6, 100]);
});

test('labels of one gap are kept apart, those of another are let alone', () => {
  const found = spread([{ x: 100, y: 10 }, { x: 104, y: 12 }, { x: 300, y: 11 }], 20);
  equal(found, [{ x: 100, y: 1 }, { x: 104, y: 21 }, { x: 300, y: 11 }]);
});

test('crossings are counted', () => {
  const [a, b, c, d] = [0, 0, 1, 1].map((rank) => ({ rank, size: 1, before: [], after: /** @type {any[]} */ ([]), y: 0 }));
  a.after.push(d);
  b.after.push(c);
  equal([crossings([[a, b], [c, d]]), crossings([[b, a], [c, d]])], [1, 0]);
});

test('a path goes through all its points', () => {
  equal(pathOf([{ x: 0, y: 0 }, { x: 10, y: 5 }]), 'M0 0C5 0 5 5 10 5');
});
