// @ts-check
import { lossTicks } from '/static/js/draw/chart/luck_band.js';
import { assert, equal, test } from '/js-tests/harness.js';

test('the losses of a chart of luck have two marks at least, however near they lie', () => {
  for (const [low, high] of [[0.41, 0.47], [0.9, 1.1], [0.03, 0.2], [1e-5, 0.5], [0.0312, 0.0313]]) {
    const ticks = lossTicks(low, high);
    assert(ticks.length >= 2 && ticks.length <= 9, `${low} to ${high}: ${ticks}`);
    assert(ticks.every((tick) => tick >= low && tick <= high), `${ticks}`);
  }
  equal(lossTicks(0.005, 2), [0.01, 0.1, 1]);
});
