// @ts-check
import { createDigitFlow } from '/static/js/panels/output/digit_flow.js';
import { equal, test } from '/js-tests/harness.js';

/** As much of a store as it needs. */
function makeStore() {
  const state = { digitFlow: /** @type {any} */ (null) };
  return { state, get: (/** @type {'digitFlow'} */ key) => state[key], set: (/** @type {any} */ change) => Object.assign(state, change) };
}

test('a drawn digit sets out at its pixels, and its values follow the training without setting out again', () => {
  const store = makeStore();
  const flow = createDigitFlow(/** @type {any} */ (store));
  const picture = [0, 1];
  flow.tell(picture, [[1, 2], [3]]);
  equal(store.state.digitFlow, { key: '1 0', activations: { '-1': picture }, moving: 0 });
  flow.tell(picture, [[4, 5], [null]]);
  equal(store.state.digitFlow.key, '1 0');
  flow.tell([1, 0], [[4, 5], [6]]);
  equal(store.state.digitFlow.key, '2 0');
  flow.clear();
  equal(store.state.digitFlow, null);
});
