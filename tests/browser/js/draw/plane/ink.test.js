// @ts-check
import { asPicture, boundsOf, paintPicture } from '/static/js/draw/plane/ink.js';
import { assert, blankCanvas, equal, near, pixelAt, test } from '/js-tests/harness.js';

const SIDE = 100;

/** Ink in a rectangle. @param {number} left @param {number} top @param {number} width @param {number} height */
function block(left, top, width, height) {
  const ink = new Float32Array(SIDE * SIDE);
  for (let y = top; y < top + height; y++) ink.fill(1, y * SIDE + left, y * SIDE + left + width);
  return ink;
}

test('no ink is no picture', () => {
  equal(asPicture(new Float32Array(SIDE * SIDE), SIDE, 8), null);
  equal(boundsOf(block(10, 20, 30, 5), SIDE), { left: 10, top: 20, width: 30, height: 5 });
});

test('where and how large a digit is drawn makes no difference', () => {
  for (const wanted of [8, 28]) {
    const [small, large] = [block(5, 60, 8, 32), block(40, 2, 24, 96)].map((ink) => asPicture(ink, SIDE, wanted) ?? []);
    equal(small.length, wanted * wanted);
    small.forEach((value, i) => near(value, large[i], 0.13, `pixel ${i} of ${wanted}×${wanted}`));
  }
});

test('8×8 is filled from edge to edge and counts sixteenths', () => {
  const picture = asPicture(block(30, 10, 20, 80), SIDE, 8) ?? [];
  picture.forEach((value) => near(value * 16, Math.round(value * 16), 1e-9));
  equal(picture.slice(0, 8), [0, 0, 0, 1, 1, 0, 0, 0]);
  equal(picture.slice(56), [0, 0, 0, 1, 1, 0, 0, 0]);
});

test('28×28 is 20 pixels high around its centre of mass', () => {
  const picture = asPicture(block(40, 10, 16, 80), SIDE, 28) ?? [];
  const rows = Array.from({ length: 28 }, (_, row) => picture.slice(28 * row, 28 * row + 28).reduce((sum, value) => sum + value, 0));
  equal(rows.map((sum) => sum > 0.5), Array.from({ length: 28 }, (_, row) => row >= 4 && row < 24));
  near(picture[28 * 14 + 13], 1, 1e-6);
  near(picture[28 * 14 + 14], 1, 1e-6);
});

test('a picture is painted with its pixels as squares', () => {
  const context = blankCanvas(40, 40);
  paintPicture(context, [1, 0, 0, 0.5], 40, { ink: '#000000', ground: '#ffffff' });
  equal([pixelAt(context, 5, 5)[0], pixelAt(context, 35, 5)[0], pixelAt(context, 5, 35)[0]], [0, 255, 255]);
  assert(Math.abs(pixelAt(context, 35, 35)[0] - 128) < 3);
});
