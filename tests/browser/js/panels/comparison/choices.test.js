// @ts-check
// Which runs a comparison starts, what it is called, and when the page's own is set back.

import { useLanguage } from '/static/js/core/i18n.js';
import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { comparisonOption, createChoices } from '/static/js/panels/comparison/choices.js';
import { equal, test } from '/js-tests/harness.js';

const SPEC = { dataset: 'circle', optimizer: 'adam', hidden: [], l2: 0 };
const FIELDS = /** @type {any} */ (Object.fromEntries(['optimizer', 'activation', 'initializer', 'loss'].map((name) => [name, { options: name === 'optimizer' ? ['sgd', 'adam', 'evolution'] : [] }])));
const CHOICES = /** @type {any} */ ({ without_gradient: ['evolution'], bugs: [], engines: ['by_hand'] });

function openPage() {
  const root = document.createElement('div');
  root.innerHTML = '<select data-testid="compare-what"><option value="reward"></option></select><select data-testid="rival-add"></select><button class="close"></button>';
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  store.set({ state: /** @type {any} */ ({ spec: SPEC, planted: null, engine: 'by_hand' }), spec: /** @type {any} */ (SPEC), fields: FIELDS, choices: CHOICES });
  /** @type {string[]} */
  const sent = [];
  /** @type {any[]} */
  let started = [];
  const runs = /** @type {any} */ ({ most: 7, stop() {}, start: (/** @type {any[]} */ differences) => { started = differences.map(({ value }) => value); } });
  const choices = createChoices(root, store, ({ type }) => sent.push(type), runs);
  return { store, choices, sent, started: () => started, what: /** @type {HTMLSelectElement} */ (root.firstElementChild) };
}

test('a setup just chosen is compared with what it is not, before the server has confirmed it', () => {
  const { store, choices, started } = openPage();
  store.set({ comparison: 'reward', spec: /** @type {any} */ ({ ...SPEC, optimizer: 'evolution' }) });
  choices.start();
  equal(started(), ['sgd']);
  store.set({ comparison: 'optimizers', spec: /** @type {any} */ ({ ...SPEC, optimizer: 'sgd' }) });
  choices.start();
  equal(started(), ['adam']);
});

test('a run is set back where a person chooses what is compared, and by nothing else', () => {
  const { store, choices, sent, what } = openPage();
  store.set({ comparison: 'reward' });
  choices.start(); // as after Undo
  equal(sent, []);
  what.value = 'reward';
  what.dispatchEvent(new Event('change'));
  equal(sent, ['reset']);
});

test('the comparison of engines names those that are compared, whichever trains', async () => {
  await useLanguage('en');
  const now = (/** @type {string} */ engine) => /** @type {any} */ ({ setUp: { spec: {}, bug: 'forgotten_two', engine }, fields: {}, choices: { engines: ['compiled', 'by_hand', 'autograd'] } });
  const words = ['compiled', 'by_hand', 'autograd'].map((engine) => comparisonOption('engine', now(engine)).text);
  equal(words, ['Engines: by hand, PyTorch beside compiled', 'Engines: compiled, PyTorch beside by hand', 'Engines: compiled, by hand beside PyTorch']);
});
