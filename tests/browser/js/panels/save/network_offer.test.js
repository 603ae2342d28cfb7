// @ts-check
// The network of a file of weights: the file is loaded into it once it is there, and only then.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { createNetworkOffer } from '/static/js/panels/save/network_offer.js';
import { equal, test } from '/js-tests/harness.js';

const CHANGE = { hidden: [{ width: 3, batch_norm: false }], biases: true };
const SPEC = /** @type {any} */ ({ hidden: [], biases: true, seed: 1 });

/** What is loaded after the offer was taken and then `meanwhile` happened, once the network is there. @param {(store: import('/static/js/core/store.js').Store) => void} meanwhile @param {boolean} [sent] */
async function loadedAfter(meanwhile, sent = true) {
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  store.set({ state: /** @type {any} */ ({ spec: SPEC }), spec: SPEC, message: { kind: 'error', key: 'weights_of_another_network' } });
  /** @type {string[]} */
  const loaded = [];
  const send = (/** @type {any} */ { spec }) => {
    if (sent) store.set({ spec: { ...SPEC, ...spec }, message: null });
    return sent;
  };
  const offer = createNetworkOffer(store, send, (file) => loaded.push(file.name));
  offer.of({ key: '', values: { build: JSON.stringify(CHANGE) } }, new File([], 'weights.pt'))?.run();
  await null;
  meanwhile(store);
  await null;
  const spec = { ...SPEC, ...CHANGE };
  store.set({ state: /** @type {any} */ ({ spec }), spec });
  await null;
  return loaded;
}

test('the file is loaded when the network is there', async () => {
  equal(await loadedAfter(() => {}), ['weights.pt']);
  equal(await loadedAfter((store) => store.set({ spec: { ...SPEC } })), ['weights.pt'], 'the server takes its time');
});

test('the file is forgotten where its network was refused or another change was made', async () => {
  equal(await loadedAfter(() => {}, false), [], 'refused by the page');
  equal(await loadedAfter((store) => store.set({ message: { kind: 'error', key: 'server.refused' } })), [], 'refused by the server');
  equal(await loadedAfter((store) => store.set({ spec: { ...SPEC, seed: 2 } })), [], 'another change');
});
