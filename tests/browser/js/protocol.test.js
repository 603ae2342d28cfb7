// @ts-check
// The bytes and the JSON of the golden frame are written by tests/app/golden_frame.py.
import { decodeFrame } from '/static/js/protocol.js';
import { assert, equal, refuses, test } from './harness.js';

const read = async (/** @type {string} */ name) => (await fetch(`/js-tests/golden/${name}`)).arrayBuffer();
const golden = await read('frame.bin');
const expected = JSON.parse(new TextDecoder().decode(await read('frame.json')));

/** Every number of `wanted` stands in `given`, to float32. @param {any} given @param {any} wanted @param {string} at */
function same(given, wanted, at) {
  if (typeof wanted === 'number') {
    assert(Math.abs(given - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted)), `${at}: ${given} and not ${wanted}`);
  } else if (wanted !== null && typeof wanted === 'object') {
    for (const key of Object.keys(wanted)) same(given?.[key], wanted[key], `${at}.${key}`);
    if (Array.isArray(wanted)) equal(given.length, wanted.length, `${at}: how many`);
  } else equal(given, wanted, at);
}

test('the golden frame says what Python says', () => {
  const frame = decodeFrame(golden);
  same(frame, expected, 'frame');
  assert(frame.maps.flat().some((map) => map.values.some((value) => value !== 0)), 'all maps are zero: nothing was compared');
});

test('the comparison would notice a wrong scale', () => {
  const frame = decodeFrame(golden);
  for (let i = 0; i < frame.boundary.values.length; i++) frame.boundary.values[i] *= 1.00001;
  refuses(() => same(frame, expected, 'frame'), /boundary/);
});

test('tensors have their shapes', () => {
  const { sizes, parameters } = decodeFrame(golden);
  equal(Object.keys(parameters), sizes.slice(1).flatMap((_, layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]));
  equal(parameters['layers.0.weight'].length, sizes[0] * sizes[1]);
});

test('the same bytes at an odd place give the same frame', () => {
  const shifted = new Uint8Array(golden.byteLength + 1);
  shifted.set(new Uint8Array(golden), 1);
  same(decodeFrame(shifted.subarray(1)), expected, 'frame');
});

test('a frame of another version is refused', () => {
  const bytes = new Uint8Array(golden.slice(0));
  const at = new TextDecoder('latin1').decode(bytes).indexOf('version') + 'version'.length;
  equal(bytes[at], 1, 'the version');
  bytes[at] = 2;
  refuses(() => decodeFrame(bytes), /version 1 .* version 2; reload/);
});

test('a frame cut short is refused', () => {
  refuses(() => decodeFrame(golden.slice(0, golden.byteLength - 3)), /cut short/);
});
