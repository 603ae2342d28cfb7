// @ts-check
import { featureLabel, fixed, inUnit, scientific, superscript, unitFor } from '/static/js/draw/base/numbers.js';
import { assert, equal, test } from '/js-tests/harness.js';

test('powers of ten', () => {
  equal([0.00025, -12000, 0, 9.96e-5, -1e-7, NaN, Infinity, -Infinity].map((value) => scientific(value)), ['2.5·10⁻⁴', '−1.2·10⁴', '0', '10⁻⁴', '−10⁻⁷', 'NaN', '∞', '−∞']);
  equal(scientific(0.00012345, 2), '1.23·10⁻⁴');
  equal([-12, 0, 305].map(superscript), ['⁻¹²', '⁰', '³⁰⁵']);
});

test('no power of ten and no digit that says nothing where plain digits do', () => {
  equal([0.43, 1, 2, -5, 0.0025, 12.3, 432.1, 999.4].map((value) => scientific(value)), ['0.43', '1', '2', '−5', '0.0025', '12', '432', '999']);
  equal([0.12345678, 1, 1000].map((value) => scientific(value, 6)), ['0.1234568', '1', '10³']);
});

test('fixed digits keep their width whatever the sign', () => {
  equal([0.1234, -0.1234, 0].map((value) => fixed(value)), ['\u20070.123', '−0.123', '\u20070.000']);
  assert(new Set([0.5, -0.5, 9.99, -3].map((value) => fixed(value).length)).size === 1);
});

test('what fixed digits cannot say is said in powers of ten', () => {
  equal([2e-5, -123456, NaN].map((value) => fixed(value)), ['\u20072·10⁻⁵', '−1.2·10⁵', '\u2007NaN']);
});

test('features as people write them', () => equal(['x1', 'x1_squared', 'sin_x2', 'new'].map(featureLabel), ['x₁', 'x₁²', 'sin x₂', 'new']));

test('numbers of a layer share a power of ten, in which they have five signs at most', () => {
  for (const largest of [0.0004, 0.07, 0.1, 1, 9.996, 42, 99.99, 1234]) {
    const unit = unitFor(largest, 0);
    for (const value of [largest, -largest, largest / 3]) {
      const text = inUnit(value, unit);
      assert(text.length <= 5 && Number(text.replace('−', '')) >= 0.03, `${value} is written ${text} times 10^${unit}`);
      assert(Math.abs(Number(text.replace('−', '-')) * 10 ** unit - value) <= 0.051 * Math.max(10 ** unit, largest / 10), text);
    }
  }
  equal(inUnit(-0.0012, 0), '0.00', 'no minus before a zero');
});

test('the power of ten stays while numbers can be read in it', () => {
  equal([0.1, 1, 99].map((largest) => unitFor(largest, 0)), [0, 0, 0]);
  equal([unitFor(0.09, 0), unitFor(0.09, -2), unitFor(0.9, -2), unitFor(1.1, -2), unitFor(120, 0), unitFor(0, -3)], [-2, -2, -2, 0, 2, -3]);
});
