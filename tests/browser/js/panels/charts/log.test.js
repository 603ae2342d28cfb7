// @ts-check
import { createStore } from '/static/js/core/store.js';
import { mountLog } from '/static/js/panels/charts/log.js';
import { equal, test } from '/js-tests/harness.js';

/** @param {number} count */
const historyOf = (count) => ({ log: Array.from({ length: count }, (_, i) => ({ epoch: i + 1, step: 10 * i, train_loss: 1, test_loss: 1, train_accuracy: null, test_accuracy: null, errors: null, learning_rate: 0.1 })), steps: [], train_loss: [] });
const settled = () => new Promise((done) => setTimeout(done));

test('while another tab is shown the table is not written; opened, it has every row', async () => {
  const store = /** @type {any} */ (createStore({ panel: 'layers', history: historyOf(1), frame: null, state: null, language: 'en', timeline: null }));
  const root = Object.assign(document.createElement('div'), { hidden: true });
  const undo = mountLog(root, document.createElement('h2'), store);
  try {
    const rows = () => root.querySelectorAll('tbody tr').length;
    store.set({ history: historyOf(2) });
    await settled();
    equal(rows(), 0, 'rows of a hidden table');
    store.set({ panel: 'log' });
    await settled();
    equal(rows(), 2, 'rows of an open one');
  } finally {
    undo();
  }
});
