// The golden frames of tests/golden, which tests/app/wire/test_frames.py reads, too.
import { decodeFrame, drawnCommand, readHeader } from '/static/js/wire/frames.js';
import { assert, equal, refusesLater, test } from '/js-tests/harness.js';

const read = async (name) => (await fetch(`/js-tests/golden/${name}`)).arrayBuffer();
const readJson = async (name) => JSON.parse(new TextDecoder().decode(await read(name)));
const NAMES = ['frame', 'frame_classes', 'frame_pictures'];
/** @type {Record<string, {bytes: ArrayBuffer, layout: any, expected: any}>} */
const all = {};
for (const name of NAMES) {
  all[name] = { bytes: await read(`${name}.bin`), layout: await readJson(`${name}.layout.json`), expected: await readJson(`${name}.json`) };
}
const { bytes: golden, layout, expected } = all.frame;
const decoded = (/** @type {string} */ name) => decodeFrame(all[name].bytes, all[name].layout);

/** Every number of `wanted` stands in `given`, to float32. @param {any} given @param {any} wanted @param {string} at */
function same(given, wanted, at) {
  if (typeof wanted === 'number') {
    assert(Math.abs(given - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted)), `${at}: ${given} and not ${wanted}`);
  } else if (wanted?.cells) same(Array.from(given).filter((_, i) => i % wanted.every === 0), wanted.cells, at);
  else if (wanted !== null && typeof wanted === 'object') {
    for (const key of Object.keys(wanted)) same(given?.[key], wanted[key], `${at}.${key}`);
    if (Array.isArray(wanted)) equal(given.length, wanted.length, `${at}: how many`);
  } else equal(given, wanted, at);
}

/** The golden frame with other bytes in it. @param {(view: DataView) => void} change */
function changed(change) {
  const bytes = golden.slice(0);
  change(new DataView(bytes));
  return bytes;
}

test('the golden frames say what Python says', async () => {
  for (const name of NAMES) {
    const frame = await decoded(name);
    same(frame, all[name].expected, name);
    equal(Object.keys(frame).sort(), Object.keys(all[name].expected).sort(), `${name}: what there is`);
    const maps = frame.maps?.flat() ?? frame.weights ?? [];
    assert(maps.some((map) => map.values.some((value) => value !== 0)), `${name}: all maps are zero: nothing was compared`);
  }
});

test('the comparison would notice a wrong scale', async () => {
  const frame = await decoded('frame');
  frame.boundary?.values.forEach((value, i, values) => (values[i] = value * 1.00001));
  await refusesLater(async () => same(frame, expected, 'frame'), /boundary/);
});

test('tensors have their shapes and are views into the bytes', async () => {
  const { sizes, tensors, parameters } = await decoded('frame');
  equal(Object.keys(parameters), sizes.slice(1).flatMap((_, layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]));
  equal(tensors[0], ['layers.0.weight', [sizes[1], sizes[0]]]);
  equal(parameters['layers.0.weight'].length, sizes[0] * sizes[1]);
  assert(parameters['layers.0.weight'].buffer === golden);
});

test('of a large network the tensors are halves', async () => {
  equal(all.frame_classes.layout.sections.find(({ name }) => name === 'parameters').kind, '<f2');
  const { parameters } = await decoded('frame_classes');
  equal([parameters['layers.1.weight'].length, new Set(parameters['layers.1.weight']).size > 1], [30 * 40, true]);
});

test('of a larger one they are of drawn neurons', async () => {
  const { sizes, drawn, parameters, maps, weights, boundary } = await decoded('frame_pictures');
  equal([sizes, drawn?.map((column) => column.length)], [[64, 70, 10], [12, 12, 10]]);
  equal(parameters['layers.1.weight'].length, 10 * 12);
  equal([maps, boundary, weights?.length, weights?.[0].side], [null, null, 12, 8]);
});

test('the boundary of many classes is which of them wins', async () => {
  const { boundary, classes, maps, threshold } = await decoded('frame_classes');
  equal(Array.from(boundary?.values ?? []), Array.from(classes?.winners ?? [1]));
  equal([threshold, maps?.map((layer) => layer.length)], [null, [12, 30, 3]]);
});

test('the readings can be had without unpacking anything', () => {
  const { readings } = readHeader(golden, layout);
  same(readings, Object.fromEntries(Object.keys(readings).map((name) => [name, expected[name]])), 'readings');
  equal([readings.step, readings.stopped, readings.test_accuracy], [1234, 'change', null]);
});

test('a frame of another version, without its layout or with another one is refused', async () => {
  await refusesLater(() => decodeFrame(changed((view) => view.setUint32(0, 2, true)), layout), /version 3 .* version 2; reload/);
  await refusesLater(() => decodeFrame(golden, null), /without the layout of revision 3; reload/);
  await refusesLater(() => decodeFrame(golden, { ...layout, revision: 2 }), /of revision 3 and the layout of revision 2/);
});

test('a frame cut short, or with maps that cannot be unpacked, is refused', async () => {
  await refusesLater(() => decodeFrame(golden.slice(0, golden.byteLength - 3), layout), /not what its header says/);
  await refusesLater(() => decodeFrame(golden.slice(0, 40), layout), /at least, and 40 came/);
  await refusesLater(() => decodeFrame(changed((view) => view.setUint32(golden.byteLength - 4, 0)), layout), /cannot be unpacked/);
});

test('that a frame is drawn is said in eight bytes', () => {
  equal([...new Uint8Array(drawnCommand(258).buffer)], [1, 0, 0, 0, 2, 1, 0, 0]);
});
