// @ts-check
import { networkSummary } from '/static/js/panels/save/network_summary.js';
import { assert, equal, test } from '/js-tests/harness.js';

const PLAIN = { activation: null, dropout: 0, batch_norm: false, residual: false };

test('every part of the network has its shape and its parameters', () => {
  const text = networkSummary([784, 256, 256, 10], [{ ...PLAIN, width: 256, dropout: 0.2 }, { ...PLAIN, width: 256, activation: 'gelu', batch_norm: true, residual: true }], 'relu', 'linear', true);
  const rows = text.split('\n').map((line) => line.trim().split(/ {2,}/));
  equal(rows.slice(2, -2), [
    ['Input', '(n, 784)', '0'], ['layers.0 (Linear)', '(n, 256)', '200,960'], ['relu', '(n, 256)', '0'], ['Dropout(0.2)', '(n, 256)', '0'],
    ['layers.1 (Linear)', '(n, 256)', '65,792'], ['norms.1 (BatchNorm1d)', '(n, 256)', '512'], ['gelu', '(n, 256)', '0'], ['+ input (residual)', '(n, 256)', '0'],
    ['layers.2 (Linear)', '(n, 10)', '2,570'],
  ]);
  equal(rows.at(-1), ['Total params', '269,834']);
  assert(text.split('\n').every((line) => line.length === 50), 'columns of the same width');
});

test('without biases there are none', () => {
  assert(networkSummary([2, 3, 1], [{ ...PLAIN, width: 3 }], 'tanh', 'tanh', false).endsWith(' 9'));
});
