// @ts-check
import { comparisonChart, layerChart, logAxis, logRange, lossChart, spread } from '/static/js/draw/chart/charts.js';
import { decadesOf, quantityOf } from '/static/js/draw/chart/quantities.js';
import { thinned } from '/static/js/draw/chart/thinning.js';
import { LIGHT, assert, equal, near, test } from '/js-tests/harness.js';

const LOOK = { width: 600, height: 140, palette: LIGHT, step: 'step' };
const steps = Array.from({ length: 4000 }, (_, i) => 10 * i);
const HISTORY = { steps, train_loss: steps.map((s) => Math.exp(-s / 9000)), test_loss: steps.map((s) => 0.1 + Math.exp(-s / 9000)), };
const NORMS = { steps, layers: [steps.map(() => 1e-3), steps.map(() => 0.2)] };
const OF_LAYERS = { ...LOOK, quantity: quantityOf('norm'), labels: 40, usual: 'usual', none: 'none' };

test('short lines keep all their points', () => equal(thinned([1, 2, 3], 10), [0, 1, 2]));

test('thinning keeps both ends and every peak', () => {
  const values = Array.from({ length: 5000 }, (_, i) => Math.sin(i / 300));
  values[1234] = 9;
  values[4321] = -9;
  const kept = thinned(values, 100);
  assert(kept.length <= 202);
  assert([0, 1234, 4321, 4999].every((i) => kept.includes(i)));
  assert(kept.every((i, n) => n === 0 || i > kept[n - 1]), 'not rising');
});

test('thinning leaves out what is not a number', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i === 500 ? NaN : i === 501 ? null : i));
  const kept = thinned(values, 50);
  assert(!kept.includes(500) && !kept.includes(501));
});

test('a long history is a few hundred points in the chart', () => {
  for (const { traces } of [lossChart(HISTORY, { ...LOOK, log: true, names: ['a', 'b'] }), layerChart(NORMS, { ...OF_LAYERS, names: ['a', 'b'] })]) {
    for (const trace of /** @type {any[]} */ (traces)) assert(trace.x.length <= 610 && trace.x.length > 50, `${trace.x.length} points`);
  }
});

test('a name is text, not markup', () => {
  const line = { steps: [0, 1], losses: [2, 1], name: '<b>mine</b>', color: '#000', dash: 'solid' };
  const [{ name }] = /** @type {any[]} */ (comparisonChart([line], { ...LOOK, log: true }).traces);
  assert(name.includes('mine') && !name.includes('<'), name);
});

test('the loss is solid ink, the test loss dashed, and training lies on top', () => {
  const traces = /** @type {any[]} */ (lossChart(HISTORY, { ...LOOK, log: true, names: ['training', 'test'] }).traces);
  equal(traces.map(({ name, line }) => [name, line.dash === 'solid', line.color]), [['test', false, LIGHT.soft], ['training', true, LIGHT.ink]]);
});

test('values a logarithm cannot show are gaps, on a linear axis they are there', () => {
  const history = { steps: [0, 1, 2], train_loss: [1, 0, null], test_loss: [1, 1, 1] };
  const ys = (/** @type {boolean} */ log) => /** @type {any} */ (lossChart(history, { ...LOOK, log, names: ['a', 'b'] }).traces[1]).y;
  const [first, zero, none] = ys(true);
  equal([first, none], [1, null]);
  assert(zero > 0 && zero < 1, `0 has its place below the others, not ${zero}`);
  equal(ys(false), [1, 0, null]);
});

test('a single step is a dot, and steps are whole numbers', () => {
  const start = { steps: [0], train_loss: [0.5], test_loss: [0.6] };
  const { traces, layout } = /** @type {any} */ (lossChart(start, { ...LOOK, log: true, names: ['a', 'b'] }));
  equal(traces.map(({ mode }) => mode), ['markers', 'markers']);
  equal(layout.xaxis.dtick, 1);
  equal(/** @type {any} */ (lossChart(HISTORY, { ...LOOK, log: true, names: ['a', 'b'] })).layout.xaxis.dtick, undefined);
});

test('charts of nothing have axes', () => {
  const nothing = { steps: [], train_loss: [], test_loss: [] };
  equal(layerChart({ steps: [], layers: [] }, { ...OF_LAYERS, names: [] }).traces, []);
  equal(/** @type {any} */ (lossChart(nothing, { ...LOOK, log: true, names: ['a', 'b'] }).layout).xaxis.range, [0, 1]);
});

test('ticks of steps are few, also where the axis is longer than the curve', () => {
  const { layout } = lossChart({ steps: [0], train_loss: [1], test_loss: [1] }, { ...LOOK, log: true, names: ['a', 'b'], span: [0, 1000] });
  equal(layout.xaxis.range, [0, 1000]);
  assert(layout.xaxis.dtick === undefined && layout.xaxis.nticks < 20, 'a tick for each of 1,000 steps');
});

test('the range holds every value and at least a decade', () => {
  const [low, high] = logRange([[0.5, null, 0, NaN], [0.6]]);
  assert(low < Math.log10(0.5) && high > Math.log10(0.6) && high - low >= 1);
});

test('ticks are few, in range, and read as numbers', () => {
  for (const range of /** @type {[number, number][]} */ ([[-1, 0.2], [-2.1, 0], [-4, 0], [-12, 3], [-0.3, 0.8], [-9, -8]])) {
    const { tickvals, ticktext } = logAxis(range);
    assert(tickvals.length >= 2 && tickvals.length <= 6, `${range}: ${ticktext}`);
    for (const value of tickvals) assert(Math.log10(value) >= range[0] - 1e-6 && Math.log10(value) <= range[1] + 1e-6);
    equal(ticktext.length, tickvals.length);
  }
  equal(logAxis([-2.1, 0]).ticktext, ['0.01', '0.03', '0.1', '0.3', '1']);
  equal(logAxis([-5.1, -3.9]).ticktext, ['10⁻⁵', '2·10⁻⁵', '5·10⁻⁵', '10⁻⁴']);
});

test('labels that would lie on each other are moved apart, in their order, within the chart', () => {
  const placed = spread([0.5, 0.51, 0.52, 0.99, 1], 0.1);
  const sorted = [...placed].sort((a, b) => a - b);
  equal(placed, sorted);
  sorted.forEach((place, i) => assert(i === 0 || place - sorted[i - 1] >= 0.1 - 1e-9));
  assert(Math.max(...placed) <= 1 + 1e-9);
  equal(spread([0.2, 0.8], 0.1), [0.2, 0.8]);
});

test('each line ends at its label', () => {
  const { layout } = layerChart(NORMS, { ...OF_LAYERS, names: ['layer 1', 'output'] });
  const [low, high] = layout.yaxis.range;
  layout.annotations.forEach((/** @type {any} */ label, /** @type {number} */ i) => near(label.y, (Math.log10([1e-3, 0.2][i]) - low) / (high - low), 1e-9));
});

test('a low chart has as few ticks as fit, and two at least', () => {
  for (const range of /** @type {[number, number][]} */ ([[-1, 0.2], [-2.1, 0], [-4, 0], [-12, 3], [-0.3, 0.8], [-9, -7.9], [-0.7, 0.46]])) {
    for (const most of [3, 4, 5]) {
      const { tickvals } = logAxis(range, most);
      assert(tickvals.length <= most && tickvals.length >= 2, `${range}, at most ${most}: ${tickvals}`);
    }
  }
  for (let low = -12; low < 3; low += 0.07) { // a range has a decade and a margin at least
    for (const decades of [1.16, 1.5, 2.3, 3.1, 5, 9]) equal(logAxis([low, low + decades], 2).tickvals.length, 2);
  }
  const ticks = (/** @type {number} */ height, /** @type {number} */ small) =>
    /** @type {any} */ (lossChart(HISTORY, { ...LOOK, height, palette: { ...LIGHT, small }, log: true, names: ['a', 'b'] }).layout).yaxis.tickvals.length;
  assert(ticks(115, 20) <= 3, 'for a wall');
  assert(ticks(140, 11.5) >= 3, 'at a desk');
});

const SHORT = { steps: [0, 10, 20], layers: [[0.2, 0.3, 0.5], [null, null, null], [0, 0, 1]] };

test('shares stand between 0 and 100 %, and a layer that has none has no name', () => {
  const { traces, layout } = layerChart(SHORT, { ...OF_LAYERS, quantity: quantityOf('saturated'), names: ['layer 1', 'layer 2', 'output'] });
  equal(layout.yaxis.type, 'linear');
  equal([layout.yaxis.ticktext[0], layout.yaxis.ticktext.at(-1)], ['0%', '100%']);
  assert(layout.yaxis.range[0] < 0 && layout.yaxis.range[1] > 1, 'lines at the ends are whole');
  equal(traces[0].y, [0.2, 0.3, 0.5]);
  equal(traces[2].y, [0, 0, 1]);
  equal(layout.annotations.map(({ text }) => text), ['layer 1', 'output']);
});

test('where no layer has it a sentence says so', () => {
  const nobody = { steps: [0, 1], layers: [[null, null]] };
  const texts = layerChart(nobody, { ...OF_LAYERS, quantity: quantityOf('dead_share'), names: ['output'] }).layout.annotations.map(({ text }) => text);
  equal(texts, ['none']);
});

test('the usual ratio of update and weights is drawn, in range, and 0 is a gap', () => {
  const ratios = { steps: [0, 1], layers: [[0, 0.2]] };
  const { traces, layout } = layerChart(ratios, { ...OF_LAYERS, quantity: quantityOf('update_ratio'), names: ['output'], at: 1 });
  equal(traces[0].y, [null, 0.2]);
  assert(layout.yaxis.range[0] < -3, 'the guide is in sight');
  equal(layout.shapes.map(({ x0, y0 }) => [x0, y0]), [[1, 0], [0, 1e-3]]);
  assert(layout.annotations.some(({ text }) => text === 'usual'));
});

test('of many layers in a low chart as many are named as have room, the last surely', () => {
  const names = ['1', '2', '3', '4', '5', '6', 'output'];
  const many = { steps: [0, 1], layers: names.map(() => [0.1, 0.1]) };
  const labels = (/** @type {number} */ height) => layerChart(many, { ...OF_LAYERS, height, names }).layout.annotations.map(({ text }) => text);
  equal(labels(400), names);
  const few = labels(70);
  equal(few, ['1', '3', '5', 'output']);
});

test('bars of the histogram lie between powers of ten', () => {
  equal([0, 1, 12, 15].map((bar) => decadesOf(bar, 16).map(String)), [['-Infinity', '-12'], ['-12', '-11'], ['-1', '0'], ['2', 'Infinity']]);
});
