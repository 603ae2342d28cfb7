// @ts-check
import { collapse } from '/static/js/experiment/collapse.js';
import { equal, test } from '/js-tests/harness.js';

const PARAMETERS = { 'layers.0.weight': [1, 2, 3, 4], 'layers.0.bias': [5, 6], 'layers.1.weight': [7, 8], 'layers.1.bias': [9] };
const PLAIN = [{ residual: false }];

test('two layers are W₂·W₁ and W₂·b₁ + b₂', () => {
  equal(collapse(PARAMETERS, [2, 2, 1], PLAIN), [{ weight: [[1, 2], [3, 4]], bias: [5, 6] }, { weight: [[31, 46]], bias: [92] }]);
});

test('a residual link adds what it goes around, and biases may be missing', () => {
  equal(collapse(PARAMETERS, [2, 2, 1], [{ residual: true }])[0], { weight: [[2, 2], [3, 5]], bias: [5, 6] });
  const { 'layers.0.weight': first, 'layers.1.weight': last } = PARAMETERS;
  equal(collapse({ 'layers.0.weight': first, 'layers.1.weight': last }, [2, 2, 1], PLAIN)[1], { weight: [[31, 46]], bias: [0] });
});
