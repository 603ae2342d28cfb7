// @ts-check
// Parts that are loaded later.

import { createLatePart } from '/static/js/core/late_parts.js';
import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { equal, test } from '/js-tests/harness.js';

test('a part that could not be loaded is tried anew when it is asked for again, and then mounted once', async () => {
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  let tries = 0;
  const part = createLatePart(store, async () => {
    tries += 1;
    if (tries === 1) throw new TypeError('no answer');
  });
  await part.demand();
  equal([tries, store.get('message')?.key], [1, 'part.missing']);
  await part.demand();
  await part.demand();
  equal(tries, 2);
});
