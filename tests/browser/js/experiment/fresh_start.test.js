// @ts-check
// What the page shows follows Undo and Redo of a setup, however many changes are kept.

import { createStore } from '/static/js/core/store.js';
import { startState } from '/static/js/core/state.js';
import { createFreshStart } from '/static/js/experiment/fresh_start.js';
import { equal, test } from '/js-tests/harness.js';

const APPEARANCE = /** @type {const} */ ({ theme: 'light', language: 'en', profile: 'desk' });

/** A page whose server is played here. */
function openPage() {
  const store = createStore(startState({ ...APPEARANCE }));
  /** @type {any[]} */
  const sent = [];
  const begin = createFreshStart(store, (command) => sent.push(command));
  /** @param {number | null} undo @param {number | null} redo  numbers of the changes that come next @param {boolean} [starts] */
  const tell = async (undo, redo, starts = true) => {
    if (starts) store.set({ points: { train: [], test: [] } });
    store.set({ timeline: { current: 0, step: 0, undo: 100, redo: 0, undo_number: undo, redo_number: redo, branches: [] } });
    await null; // watchers are told in a microtask
  };
  return { store, sent, begin, tell };
}

test('undo shows what was shown before a setup, and redo what it showed, at the limit of changes too', async () => {
  const { store, begin, tell, sent } = openPage();
  await tell(6, null, false); // 6 changes before
  store.set({ numbers: true });
  begin({ spec: { seed: 2 } }, { preset: 'spiral' });
  equal(sent, [{ type: 'begin', spec: { seed: 2 }, bug: null }]);
  await tell(7, null);
  equal([store.get('numbers'), store.get('preset')], [false, 'spiral']);
  await tell(8, null, false); // a change while it trains
  await tell(7, 8, false); // is undone: the same view
  equal([store.get('numbers'), store.get('preset')], [false, 'spiral']);
  await tell(6, 7); // and the setup is undone
  equal([store.get('numbers'), store.get('preset')], [true, null]);
  await tell(7, 8);
  equal([store.get('numbers'), store.get('preset')], [false, 'spiral']);
});

test('the same setup chosen again is no other change, and a change before it is none of a setup', async () => {
  const { store, begin, tell } = openPage();
  await tell(3, null, false);
  begin({ spec: {} }, { preset: 'circle' }); // as it is already: nothing that could be undone
  await tell(3, null);
  await tell(2, 3, false);
  equal(store.get('preset'), 'circle');
  begin({ spec: { seed: 5 } }, { preset: 'moons' });
  await tell(4, null);
  store.set({ numbers: true });
  begin({ spec: { seed: 5 } }, { preset: 'moons' });
  await tell(4, null);
  await tell(2, 4);
  equal([store.get('preset'), store.get('numbers')], ['circle', false]);
});

test('a setup that is refused leaves the page as it was, and no later change is taken for it', async () => {
  const { store, begin, tell } = openPage();
  await tell(3, null, false);
  store.set({ numbers: true });
  begin({ spec: { dataset: 'nope' } }, { preset: 'spiral' });
  await null;
  equal([store.get('numbers'), store.get('preset')], [false, 'spiral']);
  store.set({ message: { kind: 'error', key: 'server.invalid_setting' } });
  await null;
  equal([store.get('numbers'), store.get('preset')], [true, null]);
  await tell(4, null); // another data set
  store.set({ numbers: false });
  await tell(3, 4); // and back: no setup
  equal([store.get('numbers'), store.get('preset')], [false, null]);
});
