// @ts-check
import { flowOf } from '/static/js/panels/network/sample_flow.js';
import { equal, test } from '/js-tests/harness.js';

const PHASES = [
  { name: 'batch', layer: null, bound: {}, form: null },
  { name: 'forward', layer: 0, bound: { below: [1, 2], z: [30], a: [3] }, form: null },
  { name: 'forward', layer: 1, bound: { below: [3], z: [40], a: [4] }, form: null },
  { name: 'loss', layer: null, bound: {}, form: null },
  { name: 'backward', layer: 1, bound: { d_z: [5] }, form: null },
  { name: 'backward', layer: 0, bound: { d_z: [6] }, form: null },
  { name: 'update', layer: null, bound: {}, form: null },
];
const OPENED = { step: 1, batch: [0], sample: 0, phases: PHASES, code: {} };
const at = (/** @type {number} */ index) => flowOf(OPENED, { index, name: PHASES[index].name, layer: PHASES[index].layer });

test('outside slow motion all sums and activations are known and nothing moves', () => {
  equal(flowOf(OPENED, null), { activations: { '-1': [1, 2], 0: [3], 1: [4] }, sums: { 0: [30], 1: [40] }, deltas: {}, moving: null });
});

test('forward, sums and activations up to the phase are known and dots move into its layer', () => {
  equal(at(1), { activations: { '-1': [1, 2], 0: [3] }, sums: { 0: [30] }, deltas: {}, moving: { layer: 0, backward: false } });
});

test('backward, the deltas down to the phase are known; after the update there are none', () => {
  equal(at(4), { activations: { '-1': [1, 2], 0: [3], 1: [4] }, sums: { 0: [30], 1: [40] }, deltas: { 1: [5] }, moving: { layer: 1, backward: true } });
  equal(at(6).deltas, {});
});
