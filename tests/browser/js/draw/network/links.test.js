// @ts-check
import { layoutNetwork } from '/static/js/draw/network/layout.js';
import { linkWidth, makeLinks, nearestLink, paintLinks, setStrengths } from '/static/js/draw/network/links.js';
import { LIGHT, assert, blankCanvas, equal, near, pixelAt, test } from '/js-tests/harness.js';

const layout = layoutNetwork({ width: 800, height: 300, counts: [7, 4, 2, 1], text: 13 });
const USED = [0, 4, 5];
const links = () => makeLinks(layout, USED);

/** Numbers from 1 in the order of the flat weights. */
function numbered() {
  let n = 0;
  const weights = (/** @type {number} */ count) => Float32Array.from({ length: count }, () => ++n);
  return { 'layers.0.weight': weights(12), 'layers.1.weight': weights(8), 'layers.2.weight': weights(2) };
}

/** Where a link is, at a share of its way. @param {Float32Array} ends @param {number} n @param {number} t */
function onCurve(ends, n, t) {
  const [x0, y0, x1, y1] = ends.subarray(4 * n, 4 * n + 4);
  const bezier = (/** @type {number[]} */ [a, b, c, d]) => a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t * t * (1 - t) + d * t ** 3;
  const handle = 0.45 * (x1 - x0);
  return [bezier([x0, x0 + handle, x1 - handle, x1]), bezier([y0, y0, y1, y1])];
}

test('links follow the order of the flat weights, (out, in) row by row', () => {
  const { count, layer, from, to, starts } = links();
  equal(count, 12 + 8 + 2);
  equal([...starts], [0, 12, 20, 22]);
  equal([layer[4], to[4], from[4]], [0, 1, 1]);
  equal([layer[15], to[15], from[15]], [1, 0, 3]);
});

test('a link begins at its input’s tile, not at an unused one', () => {
  const { ends } = links();
  const input = layout.columns[0];
  equal([ends[4], ends[5]], [input.left[4] + layout.tile, input.top[4] + layout.tile / 2]);
});

/** @param {Record<string, Float32Array>} tensors */
const byLayer = (tensors) => [0, 1, 2].map((layer) => tensors[`layers.${layer}.weight`]);

test('weights: sign, order and growth are kept', () => {
  const made = links();
  const tensors = numbered();
  tensors['layers.0.weight'].set([0, -0.5, 0.5, -3]);
  setStrengths(made, 'weight', byLayer(tensors));
  const [zero, minus, plus, large] = made.strength;
  equal(zero, 0);
  assert(minus === -plus && plus > 0);
  assert(large < minus && large > -1);
});

test('gradients: the largest of all layers is full, three decades below nothing is left', () => {
  const made = links();
  const tensors = numbered();
  for (const values of Object.values(tensors)) values.fill(0);
  tensors['layers.0.weight'].set([1e-6, 1e-4, 0]);
  tensors['layers.2.weight'].set([-1e-2, 1e-3]);
  setStrengths(made, 'gradient', byLayer(tensors));
  equal(made.strength[20], -1);
  near(made.strength[21], 2 / 3, 1e-5);
  near(made.strength[1], 1 / 3, 1e-5);
  equal([made.strength[0], made.strength[2]], [0, 0]);
});

test('gradients that are all zero leave all links faint', () => {
  const made = links();
  const tensors = numbered();
  for (const values of Object.values(tensors)) values.fill(0);
  setStrengths(made, 'gradient', byLayer(tensors));
  assert(made.strength.every((value) => value === 0));
});

test('stronger is thicker', () => assert([0.1, 0.5, 1].every((size, i, all) => i === 0 || linkWidth(size, 1) > linkWidth(all[i - 1], 1))));

test('the link under a place on it is found', () => {
  const made = links();
  for (let n = 0; n < made.count; n++) {
    const [x, y] = onCurve(made.ends, n, 0.12); // near its beginning curves of one input run together, of others not
    const found = nearestLink(made, x, y, 6);
    equal([made.layer[found], made.from[found]], [made.layer[n], made.from[n]], `link ${n}`);
    const middle = onCurve(made.ends, n, 0.5);
    const at = nearestLink(made, middle[0], middle[1], 6);
    const [foundX, foundY] = onCurve(made.ends, at, 0.5);
    near(Math.hypot(foundX - middle[0], foundY - middle[1]), 0, 8, `link ${n} and ${at}`);
  }
});

test('away from all links none is found', () => {
  equal(nearestLink(links(), 400, 5, 6), -1);
  equal(nearestLink(links(), 2, 150, 6), -1);
});

/** One link of one strength, painted. @param {number} strength */
function painted(strength) {
  const context = blankCanvas(800, 300);
  const made = links();
  made.strength.fill(0);
  made.strength[5] = strength;
  paintLinks(context, made, { palette: LIGHT, thickness: 1, chosen: (n) => n === 5 });
  const [x, y] = onCurve(made.ends, 5, 0.3);
  return pixelAt(context, Math.round(x), Math.round(y));
}

test('negative is orange and positive is blue', () => {
  const [red, , blue] = painted(-0.9);
  assert(red > blue + 60, `orange? ${red} ${blue}`);
  const [r, , b] = painted(0.9);
  assert(b > r + 60, `blue? ${r} ${b}`);
});

test('every link is painted, each in the bin of its own strength', () => {
  const made = links();
  made.strength.set(Array.from({ length: made.count }, (_, n) => Math.sin(3 * n)));
  paintLinks(blankCanvas(10, 10), made, { palette: LIGHT, thickness: 1, chosen: (n) => n % 5 === 0 });
  equal([...made.order].sort((a, b) => a - b), Array.from({ length: made.count }, (_, n) => n));
  for (let bin = 0; bin + 1 < made.bins.length; bin++) {
    for (let i = made.bins[bin]; i < made.bins[bin + 1]; i++) equal(made.binOf[made.order[i]], bin);
  }
});

test('of very many links the strongest are painted', () => {
  const wide = layoutNetwork({ width: 800, height: 300, counts: [7, 32, 32, 1], text: 13 });
  const made = makeLinks(wide, USED);
  assert(made.count > 700);
  made.strength.fill(0.01);
  made.strength[200] = -0.9;
  const context = blankCanvas(800, 300);
  paintLinks(context, made, { palette: LIGHT, thickness: 1, chosen: null });
  const [x, y] = onCurve(made.ends, 200, 0.5);
  const [red, , blue, alpha] = pixelAt(context, Math.round(x), Math.round(y));
  assert(alpha > 120 && red > blue + 40, 'the strongest link is not seen');
});
