// @ts-check
import { makeColormap } from '/static/js/draw/base/colormap.js';
import { drawMap, fillMap, makeSheet, uploadSheet, upsampleTwice } from '/static/js/draw/network/heat_maps.js';
import { LIGHT, blankCanvas, equal, near, pixelAt, test } from '/js-tests/harness.js';

test('every map lands in its own tile', () => {
  const sheet = makeSheet(4, 3);
  [-1, 0, 1].forEach((value, i) => fillMap(sheet, i, new Float32Array(16).fill(value), makeColormap(LIGHT, 1), 1));
  uploadSheet(sheet);
  const context = blankCanvas(60, 20);
  for (let i = 0; i < 3; i++) drawMap(context, sheet, i, 20 * i, 0, 20);
  // in the middle and at the edges: nothing of a neighbour on the sheet shines through
  for (const [x, y] of [[10, 10], [10, 1], [10, 18]]) {
    equal([0, 20, 40].map((left) => pixelAt(context, left + x, y).slice(0, 3)), [LIGHT.negative, LIGHT.middle, LIGHT.positive]);
  }
});

/** @param {(x: number, y: number) => number} value @param {number} side cells over 0 … 1 */
const sampled = (value, side) => Float32Array.from({ length: side * side }, (_, i) => value(((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side));

/** @param {Float32Array} values @param {number} side */
const twice = (values, side) => upsampleTwice(values, side, new Float32Array(2 * side * side), new Float32Array(4 * side * side));

test('an upsampled map goes through the same values, closer than straight lines would', () => {
  const wave = (/** @type {number} */ x, /** @type {number} */ y) => Math.sin(5 * x) * Math.cos(4 * y);
  const [fine, wanted] = [twice(sampled(wave, 16), 16), sampled(wave, 32)];
  for (let row = 4; row < 28; row++) for (let column = 4; column < 28; column++) near(fine[row * 32 + column], wanted[row * 32 + column], 0.002);
});

test('what is flat stays flat and what rises evenly rises evenly', () => {
  for (const value of twice(new Float32Array(25).fill(0.7), 5)) near(value, 0.7, 1e-6);
  const ramp = twice(sampled((x) => x, 8), 8);
  for (let column = 4; column < 12; column++) near(ramp[8 * 16 + column], (column + 0.5) / 16, 1e-6);
});
