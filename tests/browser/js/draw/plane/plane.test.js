// @ts-check
import { makeColormap } from '/static/js/draw/base/colormap.js';
import { classOf, isOutside, paintPoints, refine, ticksOf, toPixels, toPlane } from '/static/js/draw/plane/plane.js';
import { LIGHT, assert, blankCanvas, equal, near, pixelAt, test } from '/js-tests/harness.js';

/** @typedef {import('/static/js/draw/plane/plane.js').Point} Point */

const HOW = { size: 240, radius: 5, hollow: false, classes: 2, palette: LIGHT, colormap: makeColormap(LIGHT, 1) };

test('corners of the plane are corners of the picture', () => {
  equal(toPixels(-6, 6, 240), [0, 0]);
  equal(toPixels(6, -6, 240), [240, 240]);
  equal(toPlane(...toPixels(1.5, -2.25, 240), 240), [1.5, -2.25]);
});

test('another part of the plane fills the picture as well', () => {
  const gate = { low: -0.5, high: 1.5 };
  equal(toPixels(0, 1, 200, gate), [50, 50]);
  equal(toPlane(50, 50, 200, gate), [0, 1]);
  equal([isOutside([1.4, 0, 1], gate), isOutside([1.6, 0, 1], gate), isOutside([0, -7, 1], { low: -10, high: 10 })], [false, true, false]);
});

test('numbers at the edges are those of the data', () => {
  equal(ticksOf({ low: -6, high: 6 }), [-6, 0, 6]);
  equal(ticksOf({ low: -10, high: 10 }), [-10, 0, 10]);
  equal(ticksOf({ low: -0.5, high: 1.5 }), [0, 1]);
});

test('two classes are told by their sign, more by their number', () => {
  equal([classOf(-1, 2), classOf(1, 2), classOf(4, 5), classOf(0, 3)], [0, 1, 4, 0]);
});

test('a finer map is linear between the middles of its cells', () => {
  const fine = refine([0, 1, 0, 1], 2, 4, new Float32Array(64));
  equal([...fine.subarray(0, 8)], [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]);
  equal([...refine([5, 5, 5, 5], 2, 3, new Float32Array(36))], Array(36).fill(5));
});

test('what lies outside is known', () => {
  equal(/** @type {Point[]} */ ([[6, -6, 1], [6.01, 0, 1], [0, -7, 1]])
    .map((point) => isOutside(point)), [false, true, true]);
});

/** The colour in a point's middle. @param {Point} point @param {Partial<typeof HOW>} [how] */
function middle(point, how = {}) {
  const context = blankCanvas(240, 240);
  paintPoints(context, [point], { ...HOW, ...how });
  const [x, y] = toPixels(point[0], point[1], 240);
  return pixelAt(context, Math.min(239, Math.round(x)), Math.min(239, Math.round(y))).slice(0, 3);
}

test('training points are filled with their class, test points hollow', () => {
  equal(middle([1, 1, 1]), LIGHT.positive);
  equal(middle([1, 1, -1]), LIGHT.negative);
  equal(middle([1, 1, 1], { hollow: true }), [255, 255, 255]);
});

test('the classes differ in shape too', () => {
  const alphaBeside = (/** @type {number} */ target) => {
    const context = blankCanvas(240, 240);
    paintPoints(context, [[0, 0, target]], HOW);
    return pixelAt(context, 123, 117)[3]; // up and to the right: within the circle, outside the triangle
  };
  assert(alphaBeside(1) > 200);
  assert(alphaBeside(-1) < 60);
});

test('a regression target is a colour within a dark ring', () => {
  equal(middle([1, 1, 0], { classes: 0 }), LIGHT.middle);
  const context = blankCanvas(240, 240);
  paintPoints(context, [[0, 0, 0]], { ...HOW, classes: 0 });
  const [r, g, b] = pixelAt(context, 120, 114);
  near(r + g + b, 0x17 + 0x21 + 0x2b, 90);
});

test('a point outside is drawn at the edge', () => {
  const context = blankCanvas(240, 240);
  paintPoints(context, [[20, 0, 1]], HOW);
  const painted = Array.from({ length: 20 }, (_, i) => pixelAt(context, 239 - i, 120)[3]);
  assert(painted.some((alpha) => alpha > 200), 'nothing at the right edge');
});
