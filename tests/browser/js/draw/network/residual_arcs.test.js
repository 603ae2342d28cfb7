// @ts-check
import { layoutNetwork } from '/static/js/draw/network/layout.js';
import { paintResidualArcs, residualPairs } from '/static/js/draw/network/residual_arcs.js';
import { LIGHT, assert, blankCanvas, equal, test } from '/js-tests/harness.js';

const [PLAIN, RESIDUAL] = [{ residual: false }, { residual: true }];

test('an arc goes from each neuron to that of its number, where both are drawn', () => {
  equal(residualPairs([[0, 1], [0, 1, 2], [0, 1, 2], [0]], [0, 1], [PLAIN, RESIDUAL]), [0, 1, 2].map((tile) => ({ column: 1, from: tile, to: tile })));
  equal(residualPairs([[0, 1], [0, 5, 9], [5, 9], [0]], [0, 1], [PLAIN, RESIDUAL]), [{ column: 1, from: 1, to: 0 }, { column: 1, from: 2, to: 1 }]);
  equal(residualPairs([[0, 1, 2, 3], [0, 1], [0]], [1, 3], [RESIDUAL]), [{ column: 0, from: 1, to: 0 }, { column: 0, from: 3, to: 1 }]);
  equal(residualPairs([[0, 1], [0, 1], [0]], [0, 1], [PLAIN]), []);
});

test('arcs are painted between their columns only', () => {
  const layout = layoutNetwork({ width: 600, height: 300, counts: [2, 4, 4, 1], text: 13 });
  const context = blankCanvas(600, 300);
  paintResidualArcs(context, layout, residualPairs([[0, 1], [0, 1, 2, 3], [0, 1, 2, 3], [0]], [0, 1], [PLAIN, RESIDUAL]), LIGHT);
  const { data } = context.getImageData(0, 0, 600, 300);
  const painted = Array.from({ length: 600 }, (_, x) => Array.from({ length: 300 }, (__, y) => data[4 * (600 * y + x) + 3]).some(Boolean));
  const [before, after] = [layout.columns[1].center, layout.columns[2].center];
  assert(painted[Math.round((before + after) / 2)], 'nothing between the columns');
  assert(!painted.some((there, x) => there && (x < before - layout.tile || x > after + layout.tile)), 'an arc beyond its columns');
});
