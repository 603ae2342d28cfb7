// @ts-check
import { lossTicks } from '/static/js/draw/chart/luck_band.js';
import { assert, equal, test } from '/js-tests/harness.js';

test('the losses of a chart of luck have two marks at least, however near they lie', () => {
  for (const [low, high] of [[0.41, 0.47], [0.9, 1.1], [0.03, 0.2], [1e-5, 0.5], [0.0312, 0.0313], [0.11, 0.1904], [0.11, 9], [0.012, 0.9]]) {
    const ticks = lossTicks(low, high);
    assert(ticks.length >= 2 && ticks.length <= 9, `${low} to ${high}: ${ticks}`);
    assert(ticks.every((tick) => tick >= low && tick <= high), `${ticks}`);
  }
  for (let power = -5; power <= 5; power++) {
    for (let first = 1; first < 10; first += 0.37) {
      for (let ratio = 1.0005; ratio < 1e6; ratio *= 1.3) {
        const [low, high] = [first * 10 ** power, first * 10 ** power * ratio];
        const ticks = lossTicks(low, high);
        assert(ticks.length >= 2 && ticks.length <= 9, `${low} to ${high}: ${ticks}`);
        assert(new Set(ticks).size === ticks.length && ticks.every((tick) => tick >= low && tick <= high), `${low} to ${high}: ${ticks}`);
      }
    }
  }
  equal(lossTicks(0.25, 0.25), [0.25]);
  equal(lossTicks(0.005, 2), [0.01, 0.1, 1]);
});
