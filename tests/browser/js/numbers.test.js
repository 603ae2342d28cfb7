// @ts-check
import { featureLabel, fixed, scientific, superscript } from '/static/js/draw/numbers.js';
import { assert, equal, test } from './harness.js';

test('powers of ten', () => {
  equal([0.0025, -12, 0, 1, 9.96e-5, NaN, Infinity, -Infinity].map((value) => scientific(value)), ['2.5·10⁻³', '−1.2·10¹', '0', '1.0·10⁰', '1.0·10⁻⁴', 'NaN', '∞', '−∞']);
  equal(scientific(0.0012345, 2), '1.23·10⁻³');
  equal([-12, 0, 305].map(superscript), ['⁻¹²', '⁰', '³⁰⁵']);
});

test('fixed digits keep their width whatever the sign', () => {
  equal([0.1234, -0.1234, 0].map((value) => fixed(value)), ['\u20070.123', '−0.123', '\u20070.000']);
  assert(new Set([0.5, -0.5, 9.99, -3].map((value) => fixed(value).length)).size === 1);
});

test('what fixed digits cannot say is said in powers of ten', () => {
  equal([2e-5, -123456, NaN].map((value) => fixed(value)), ['\u20072.0·10⁻⁵', '−1.2·10⁵', '\u2007NaN']);
});

test('features as people write them', () => equal(['x1', 'x1_squared', 'sin_x2', 'new'].map(featureLabel), ['x₁', 'x₁²', 'sin x₂', 'new']));
