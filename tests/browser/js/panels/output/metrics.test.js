// @ts-check
// The main metrics: what stands side by side is of one step.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { mountMetrics } from '/static/js/panels/output/metrics.js';
import { equal, test } from '/js-tests/harness.js';

/** Mounted in a page of one state. @param {Record<string, any>} state */
function openMetrics(state) {
  const root = document.createElement('section');
  root.innerHTML = '<dl></dl><span data-testid="samples"></span><span data-testid="rate"></span><span data-testid="penalty"></span>';
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  const frame = /** @type {any} */ ({ step: 7, train_accuracy: 0.5, test_accuracy: 0.5 });
  store.set({ state: /** @type {any} */ ({ outputs: 1, spec: { dataset: 'circle' }, ...state }), frame });
  return { root, store, unmount: mountMetrics(root, store) };
}

test('of a single sample there is no R²', () => {
  for (const [count, shown] of /** @type {const} */ ([[1, false], [2, true]])) {
    const { root, unmount } = openMetrics({ kind: { targets: 'values', unit: 1 }, training_samples: count });
    equal(root.querySelector('[data-testid=train-r2]') !== null, shown, `${count} samples`);
    unmount();
  }
});

test('accuracies and F1 are of one step, whatever comes between two measurements', async () => {
  const { root, store, unmount } = openMetrics({ classes: 2, training_samples: 4 });
  const shown = () => ['train-accuracy', 'test-accuracy', 'f1'].map((name) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${name}]`)).dataset.value);
  equal(shown(), ['0.5', '0.5', '']);
  const scores = { train: { accuracy: 0.75, f1: 0.7 }, test: { accuracy: 0.625, f1: 0.6 } };
  store.set({ scores: /** @type {any} */ ({ step: 5, scores }) });
  await null; // the store tells of it
  equal(shown(), ['0.75', '0.625', '0.6']);
  unmount();
});
