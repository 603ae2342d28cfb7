// @ts-check
// The strip of slow motion.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { createControls } from '/static/js/panels/slow_motion/controls.js';
import { PhaseStepper } from '/static/js/panels/slow_motion/phase_stepper.js';
import { assert, test } from '/js-tests/harness.js';

const SPEC = /** @type {any} */ ({ loss: 'mse', huber_delta: 1, optimizer: 'sgd', l1: 0, l2: 0, hidden: [] });
const LOSS = { name: 'loss', bound: { outputs: [0.58], targets: [8], terms: [55.0564], loss: [55.0564] } };

test('where the loss is changed while a step is open its numbers are not shown', () => {
  const [controls, strip] = [document.createElement('div'), document.createElement('div')];
  controls.innerHTML = ['slow-motion', 'phase-back', 'phase-next', 'phase'].map((id) => `<button data-testid="${id}"></button>`).join('');
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  store.set({ state: /** @type {any} */ ({ spec: SPEC }), spec: SPEC });
  const stepper = new PhaseStepper(store, () => true, { moved() {}, stopped() {} });
  const view = createControls({ controls, strip }, store, stepper);
  const shown = () => { view.show(); return /** @type {HTMLElement} */ (strip.querySelector('.formula')).dataset.of ?? ''; };
  stepper.open(0);
  store.set({ opened: /** @type {any} */ ({ step: 1, batch: [0], sample: 0, phases: [LOSS], code: {} }) });
  stepper.receive();
  assert(shown().includes('(0.58 - 8)^2 = 55.1'), 'the numbers of the step');
  store.set({ spec: { ...SPEC, loss: 'cross_entropy' } });
  assert(shown() && !shown().includes('55.1'), 'no numbers of another loss');
  store.set({ spec: { ...SPEC, learning_rate: 0.5 } });
  assert(shown().includes('55.1'), 'another setting leaves them');
});
