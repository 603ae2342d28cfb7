// @ts-check
// The bytes and the JSON of the golden frame are written by tests/app/wire/golden_frames.py.
import { decodeFrame } from '/static/js/wire/frames.js';
import { assert, equal, refuses, test } from '/js-tests/harness.js';

const read = async (/** @type {string} */ name) => (await fetch(`/js-tests/golden/${name}`)).arrayBuffer();
const NAMES = ['frame', 'frame_classes', 'frame_pictures'];
/** @type {Record<string, {bytes: ArrayBuffer, expected: any}>} */
const all = {};
for (const name of NAMES) {
  all[name] = { bytes: await read(`${name}.bin`), expected: JSON.parse(new TextDecoder().decode(await read(`${name}.json`))) };
}
const { bytes: golden, expected } = all.frame;

/** Every number of `wanted` stands in `given`, to float32. @param {any} given @param {any} wanted @param {string} at */
function same(given, wanted, at) {
  if (typeof wanted === 'number') {
    assert(Math.abs(given - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted)), `${at}: ${given} and not ${wanted}`);
  } else if (wanted !== null && typeof wanted === 'object') {
    for (const key of Object.keys(wanted)) same(given?.[key], wanted[key], `${at}.${key}`);
    if (Array.isArray(wanted)) equal(given.length, wanted.length, `${at}: how many`);
  } else equal(given, wanted, at);
}

test('the golden frames say what Python says', () => {
  for (const name of NAMES) {
    const frame = decodeFrame(all[name].bytes);
    same(frame, all[name].expected, name);
    equal(Object.keys(frame).sort(), Object.keys(all[name].expected).sort(), `${name}: what there is`);
    const maps = frame.maps?.flat() ?? frame.weights ?? [];
    assert(maps.some((map) => map.values.some((value) => value !== 0)), `${name}: all maps are zero: nothing was compared`);
  }
});

test('the comparison would notice a wrong scale', () => {
  const frame = decodeFrame(golden);
  frame.boundary?.values.forEach((value, i, values) => (values[i] = value * 1.00001));
  refuses(() => same(frame, expected, 'frame'), /boundary/);
});

test('tensors have their shapes', () => {
  const { sizes, tensors, parameters } = decodeFrame(golden);
  equal(Object.keys(parameters), sizes.slice(1).flatMap((_, layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]));
  equal(tensors[0], ['layers.0.weight', [sizes[1], sizes[0]]]);
  equal(parameters['layers.0.weight'].length, sizes[0] * sizes[1]);
});

test('of a large network the tensors are those of drawn neurons', () => {
  const { sizes, drawn, parameters, maps, weights, boundary } = decodeFrame(all.frame_pictures.bytes);
  equal([sizes, drawn?.map((column) => column.length)], [[64, 70, 10], [12, 12, 10]]);
  equal(parameters['layers.1.weight'].length, 10 * 12);
  equal([maps, boundary, weights?.length, weights?.[0].side], [null, null, 12, 8]);
});

test('the boundary of many classes is which of them wins', () => {
  const { boundary, classes, maps, threshold } = decodeFrame(all.frame_classes.bytes);
  equal(Array.from(boundary?.values ?? []), Array.from(classes?.winners ?? [1]));
  equal([threshold, maps?.map((layer) => layer.length)], [null, [12, 3]]);
});

test('the same bytes at an odd place give the same frame', () => {
  const shifted = new Uint8Array(golden.byteLength + 1);
  shifted.set(new Uint8Array(golden), 1);
  same(decodeFrame(shifted.subarray(1)), expected, 'frame');
});

test('a frame of another version is refused', () => {
  const bytes = new Uint8Array(golden.slice(0));
  const at = new TextDecoder('latin1').decode(bytes).indexOf('version') + 'version'.length;
  equal(bytes[at], 2, 'the version');
  bytes[at] = 1;
  refuses(() => decodeFrame(bytes), /version 2 .* version 1; reload/);
});

test('a frame cut short is refused', () => {
  refuses(() => decodeFrame(golden.slice(0, golden.byteLength - 3)), /cut short/);
});
