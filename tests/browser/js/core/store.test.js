// @ts-check
// Who is told when a key changes.

import { createStore } from '/static/js/core/store.js';
import { equal, test } from '/js-tests/harness.js';

test('one watcher that fails keeps no other from being told, and its error is on the console', async () => {
  const store = createStore({ step: 0 });
  const { error } = console;
  /** @type {string[]} */
  const faults = [];
  let told = 0;
  console.error = (fault) => faults.push(String(fault));
  store.watch(['step'], () => { throw new TypeError('no such term'); });
  store.watch(['step'], () => { told += 1; });
  store.set({ step: 1 });
  await null;
  console.error = error;
  equal([told, faults], [1, ['TypeError: no such term']]);
});
