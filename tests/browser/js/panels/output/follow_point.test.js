// @ts-check
// Which training point the button opens, and that it asks for a second one at most.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { mountFollowPoint } from '/static/js/panels/output/follow_point.js';
import { equal, test } from '/js-tests/harness.js';

/**
 * Presses the button; whatever is asked is answered.
 * @param {number[]} batch  of the step shown @param {(index: number) => object[]} linesOf  what is told of a point
 * @returns {Promise<number[]>} the points asked for
 */
async function follow(batch, linesOf) {
  const root = document.createElement('div');
  root.innerHTML = '<h2></h2>';
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  const points = /** @type {any} */ ({ train: [[0, 0, 1], [1, 1, 0], [2, 2, 1]], test: [] });
  store.set({ points, state: /** @type {any} */ ({ spec: { dataset: 'circle', loss: 'bce' }, classes: 2, low_target: 0, playing: false }) });
  /** @type {number[]} */
  const asked = [];
  const stop = store.watch(['inspected'], () => {
    const index = store.get('inspected')?.index ?? -1;
    asked.push(index);
    if (asked.length === 10) return unmount();
    queueMicrotask(() => store.set({ explanation: /** @type {any} */ ({ subject: { kind: 'point', index }, lines: linesOf(index), batch }) }));
  });
  const unmount = mountFollowPoint(root, store, () => {});
  root.querySelector('button')?.click();
  await new Promise((done) => { setTimeout(done); });
  stop();
  unmount();
  return asked;
}

test('a point with a part in the step is opened, the first one if it has', async () => {
  equal(await follow([0, 2], () => [{}]), [0]);
  equal(await follow([2, 1], (index) => (index === 2 ? [{}] : [])), [0, 2]);
});

test('of a step that explains none of its points no third one is asked for', async () => {
  equal(await follow([2, 1], () => []), [0, 2]);
  equal(await follow([0], () => []).then(({ length }) => length <= 2), true);
});
