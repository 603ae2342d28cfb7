// @ts-check
import { useLanguage } from '/static/js/core/i18n.js';
import { createStore } from '/static/js/core/store.js';
import { mountBiologicalNeuron } from '/static/js/panels/figures/biological_neuron.js';
import { mountFigures } from '/static/js/panels/figures/figures.js';
import { equal, test } from '/js-tests/harness.js';

const SPEC = { features: ['x1', 'x2'], hidden: [], learning_rate: 0.1 };
const FIELDS = { features: { live: false }, hidden: { live: false }, learning_rate: { live: true } };
const settled = () => new Promise((done) => setTimeout(done));

test('a figure is closed when its experiment is gone, and stays while it is tuned', async () => {
  await useLanguage('en');
  const store = /** @type {any} */ (createStore({ preset: 'a1_neuron', presets: [{ name: 'a1_neuron', spec: SPEC }], spec: SPEC, fields: FIELDS, frame: null, state: null, language: 'en', profile: 'desk' }));
  const caption = document.createElement('div');
  caption.innerHTML = '<button></button><section popover><h2></h2><div class="figure-body"></div></section>';
  const [opener, popover] = /** @type {HTMLElement[]} */ ([...caption.children]);
  document.body.append(caption);
  const undo = mountFigures(popover, opener, store);
  try {
    const shown = () => [!opener.hidden, popover.matches(':popover-open'), popover.querySelector('svg') !== null];
    popover.showPopover();
    await settled();
    equal(shown(), [true, true, true]);
    store.set({ spec: { ...SPEC, learning_rate: 0.3 } });
    await settled();
    equal(shown(), [true, true, true], 'tuned');
    store.set({ spec: { ...SPEC, features: ['x1', 'x2', 'sin_x1'] } });
    await settled();
    equal(shown(), [false, false, false], 'with a third input');
  } finally {
    undo();
    caption.remove();
  }
});

test('the bias of the artificial neuron is its bias, however many weights it has', () => {
  const frame = { parameters: { 'layers.0.weight': [1, 2, 3], 'layers.0.bias': [9] } };
  const root = document.createElement('div');
  mountBiologicalNeuron(root, /** @type {any} */ (createStore({ frame, spec: SPEC, state: null })))();
  equal([...root.querySelectorAll('[data-value]')].map((value) => value.textContent), ['w₁ = 1.00', 'w₂ = 2.00', 'b = 9.00']);
});
