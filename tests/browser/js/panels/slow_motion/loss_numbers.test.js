// @ts-check
// The loss phase in numbers.

import { lossNumbers } from '/static/js/panels/slow_motion/loss_numbers.js';
import { mathOf } from '/static/js/draw/math/math.js';
import { equal, test } from '/js-tests/harness.js';

/** @param {string} loss @param {number[][]} numbers  outputs, targets, terms, loss of the batch @param {number} [samples] */
function lines(loss, [outputs, targets, terms, [batch]], samples = 1) {
  const found = lossNumbers({ outputs, targets, terms, loss: [batch] }, /** @type {any} */ ({ loss, huber_delta: 1, optimizer: 'sgd' }), samples);
  found.forEach(mathOf); // it can be typeset
  return found;
}

test('the loss of one output is written out in its numbers', () => {
  equal(lines('mse', [[0.58], [8], [55.0564], [55.0564]]), ['(0.58 - 8)^2 = 55.1']);
  equal(lines('mse', [[0.58], [-1], [2.4964], [1.2]], 4), ['(0.58 - (-1))^2 = 2.5', 'L = 1.2']);
  equal(lines('mae', [[2], [-1], [3], [3]]), ['|2 - (-1)| = 3']);
  equal(lines('huber', [[4], [1], [2.5], [2.5]]), [String.raw`1 \cdot (|4 - 1| - \frac{1}{2}) = 2.5`]);
  equal(lines('bce', [[-0.5], [1], [0.974077], [0.974077]]), [String.raw`\max((-0.5), 0) - (-0.5) \cdot 1 + \log(1 + e^{-|(-0.5)|}) = 0.974`]);
});

test('of several outputs each has its term, of classes the right one its logit', () => {
  equal(lines('mse', [[1, 2, 3, 4], [0, 0, 0, 0], [1, 4, 9, 16], [7.5]]), ['(1 - 0)^2 = 1', '(2 - 0)^2 = 4', '(3 - 0)^2 = 9', '…', 'L = 7.5']);
  equal(lines('cross_entropy', [[1, 2], [0, 1], [0.313262], [0.313262]]), [String.raw`\log(e^{1} + e^{2}) - 2 = 0.313`]);
  equal(lines('cross_entropy', [[1, 2, 0, 0], [1, 0, 0, 0], [1.49], [0.00001]], 2), [String.raw`\log(\sum_j e^{o_j}) - 1 = 1.49`, String.raw`L = 1 \cdot 10^{-5}`]);
});
