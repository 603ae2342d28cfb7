// @ts-check
import { monotoneSlopes, paintRiver, riverLevel } from '/static/js/draw/network/gradient_river.js';
import { LIGHT, assert, blankCanvas, equal, near, pixelAt, test } from '/js-tests/harness.js';

test('each power of ten is a fifth of the height, from 10⁻⁵ to 1', () => {
  [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1].forEach((norm, i) => near(riverLevel(norm), i / 5, 1e-9));
});

test('below 10⁻⁵ the height is 0, above 1 it is full', () => {
  equal([0, 1e-9, NaN].map(riverLevel), [0, 0, 0]);
  equal([7, Infinity].map(riverLevel), [1, 1]);
});

test('the curve never overshoots its points', () => {
  const xs = [0, 10, 50, 60, 100, 101];
  const ys = [3, 3, 9, 1, 1.2, 8];
  const slopes = monotoneSlopes(xs, ys);
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let t = 0; t <= 1; t += 0.05) {
      const h = xs[i + 1] - xs[i];
      const y = ys[i] * (1 + 2 * t) * (1 - t) ** 2 + h * slopes[i] * t * (1 - t) ** 2 + ys[i + 1] * t * t * (3 - 2 * t) + h * slopes[i + 1] * t * t * (t - 1);
      assert(y >= Math.min(ys[i], ys[i + 1]) - 1e-9 && y <= Math.max(ys[i], ys[i + 1]) + 1e-9, `between ${xs[i]} and ${xs[i + 1]}: ${y}`);
    }
  }
});

/** Rows of violet at a place of a painted river. @param {number[]} norms @param {number} x */
function heightAt(norms, x) {
  const context = blankCanvas(300, 60);
  paintRiver(context, { xs: [0, 100, 200, 300], norms, top: 10, height: 40, offset: 17 }, LIGHT);
  return Array.from({ length: 60 }, (_, y) => pixelAt(context, x, y)).filter(([r, g, b, alpha]) => alpha > 100 && b > g + 40 && r > g).length;
}

test('its height is the logarithm of the norm under its layer', () => {
  near(heightAt([1e-3, 1e-1], 101), 40 * 0.4, 2);
  near(heightAt([1e-3, 1e-1], 199), 40 * 0.8, 2);
});

test('a gradient of zero is a hairline, seen', () => {
  const height = heightAt([0, 1e-1], 101);
  assert(height >= 1 && height <= 2, `${height} px`);
});
