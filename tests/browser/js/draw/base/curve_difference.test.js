// @ts-check
import { commonSteps, formatExact, largestDifference } from '/static/js/draw/base/curve_difference.js';
import { equal, test } from '/js-tests/harness.js';

const one = { steps: [0, 1, 2, 4, 5], losses: [1, 0.5, 0.25, null, 0.125] };

test('only steps that both have are compared, and the largest difference is found', () => {
  const other = { steps: [1, 2, 3, 4, 5], losses: [0.5, 0.75, 9, 7, 0.25] };
  equal(commonSteps([one, other]).map(({ step }) => step), [1, 2, 5]);
  equal(largestDifference(one, other), { size: 0.5, step: 2, count: 3 });
  equal(largestDifference(one, { steps: [3], losses: [1] }), null);
});

test('a loss with more digits than a float32 is the float32 next to it', () => {
  const exact = 0.1234567890123;
  equal(largestDifference({ steps: [0], losses: [exact] }, { steps: [0], losses: [Math.fround(exact)] })?.size, 0);
  equal(formatExact(exact), '0.123456791');
});
