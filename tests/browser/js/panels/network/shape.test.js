// @ts-check
import { createStore } from '/static/js/core/store.js';
import { drawnNeurons, drawnValues, matchesShape, readShape, tileOf } from '/static/js/panels/network/shape.js';
import { equal, test } from '/js-tests/harness.js';

const digits = () => createStore({
  spec: { dataset: 'digits', features: ['x1', 'x2'], hidden: [{ width: 40, activation: null }, { width: 3, activation: null }], activation: 'relu' },
  state: { kind: { plane: false, targets: 'classes' }, sizes: [64, 40, 3, 10], drawn: null, outputs: 10, classes: 10, spec: { dataset: 'digits' } },
});

test('of a wide column some neurons are drawn, evenly chosen, the first and the last among them', () => {
  equal(drawnNeurons(32).length, 32);
  equal(drawnNeurons(64), [0, 6, 11, 17, 23, 29, 34, 40, 46, 52, 57, 63]);
  const wide = drawnNeurons(1000);
  equal([wide.length, wide[0], wide.at(-1)], [12, 0, 999]);
});

test('inputs that are columns have tiles of their own, and a frame of other sizes is none of this shape', () => {
  const shape = readShape(digits());
  if (!shape) throw new Error('there is no shape');
  equal(shape.counts, [12, 12, 3, 10]);
  equal([tileOf(shape, { layer: -1, neuron: 63 }), tileOf(shape, { layer: 0, neuron: 1 }), tileOf(shape, { layer: 2, neuron: 9 })], [11, -1, 9]);
  const drawn = shape.drawn;
  equal(matchesShape(shape, /** @type {any} */ ({ sizes: [64, 40, 3, 10], drawn })), true);
  equal(matchesShape(shape, /** @type {any} */ ({ sizes: [2, 40, 3, 10], drawn })), false);
  equal(matchesShape(shape, /** @type {any} */ ({ sizes: [64, 40, 3, 10], drawn: [drawn[0], [0, 39], drawn[2], drawn[3]] })), false);
});

test('the server says which neurons are drawn, of the network it has', () => {
  const store = digits();
  const told = [[0, 63], [0, 20, 39], [0, 1, 2], [0, 9]];
  store.set({ state: { .../** @type {any} */ (store.get('state')), drawn: told } });
  equal(readShape(store)?.drawn, told);
  store.set({ spec: { .../** @type {any} */ (store.get('spec')), hidden: [{ width: 41 }, { width: 3 }] } });
  equal(readShape(store)?.counts, [12, 12, 3, 10]);
});

test('weights between drawn neurons are picked out of whole tensors and taken as they are from others', () => {
  const shape = readShape(digits());
  if (!shape) throw new Error('there is no shape');
  const whole = { 'layers.0.weight': Float32Array.from({ length: 40 * 64 }, (_, i) => i), 'layers.0.bias': Float32Array.from({ length: 40 }, (_, i) => i), 'layers.2.weight': new Float32Array(30).fill(7) };
  const picked = drawnValues(shape, whole, 0, 'weight') ?? new Float32Array();
  equal(picked.length, 144);
  const [row, column] = [shape.drawn[1][5], shape.drawn[0][3]];
  equal(picked[5 * 12 + 3], row * 64 + column);
  equal((drawnValues(shape, whole, 0, 'bias') ?? [])[5], row);
  equal(drawnValues(shape, whole, 2, 'weight'), whole['layers.2.weight']);
  equal(drawnValues(shape, whole, 1, 'bias'), undefined);
});
