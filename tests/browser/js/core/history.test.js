// @ts-check
import { rowsOf, spacingOf, withRows } from '/static/js/core/history.js';
import { equal, test } from '../harness.js';

/** @param {number[]} epochs */
const rows = (epochs) => rowsOf({
  epochs, steps: epochs.map((epoch) => 3 * epoch), ...Object.fromEntries(['train_loss', 'test_loss', 'train_accuracy', 'test_accuracy', 'errors'].map((name) => [name, epochs.map(() => 0.5)])),
});
const until = (/** @type {number} */ last, every = 1) => Array.from({ length: Math.floor(last / every) }, (_, i) => (i + 1) * every);
const epochsOf = (/** @type {{epoch: number}[]} */ log) => log.map(({ epoch }) => epoch);

test('the log is thinned as the engine thins its own', () => {
  equal([1, 200, 201, 401, 402, 1000].map(spacingOf), [1, 1, 2, 2, 4, 8]);
  const log = withRows(rows(until(200)), rows([202]));
  equal(epochsOf(log), until(202, 2));
  equal(epochsOf(withRows(log, rows([203]))), [...until(202, 2), 203], 'the last, where the run stopped');
  equal(epochsOf(withRows(withRows(log, rows([203])), rows([204]))), until(204, 2));
});

test('rows that are there already change nothing', () => {
  const log = rows([1, 2, 3]);
  equal(withRows(log, rows([2, 3])) === log, true);
  equal(withRows(log, rows([3, 4]))[3], { epoch: 4, step: 12, train_loss: 0.5, test_loss: 0.5, train_accuracy: 0.5, test_accuracy: 0.5, errors: 0.5 });
});
