// @ts-check
// Numbers of the plane as the person's file has them, and the round numbers of its axes.

import { exactPoint, fromFile, inFile, isScaled, PLAIN, pointInFile, toFile, unitsOf } from '/static/js/experiment/own_file.js';
import { roundNumbers } from '/static/js/panels/output/axis_ticks.js';
import { assert, equal, near, test } from '/js-tests/harness.js';

const SPEC = { dataset: 'own_values', own_points: [[-5, 1.234567, 0.25005], [5, 2, 1]], own_units: [[38.5, 4.1], [82000, 13400]], own_names: ['age'] };

test('units are of own points alone, and plain where there are none', () => {
  const { x1, x2, label } = unitsOf(SPEC);
  equal([x1, x2, label].map(isScaled), [true, true, false]);
  equal(unitsOf({ ...SPEC, dataset: 'circle' }), PLAIN);
  equal(x1.name, 'age');
  equal(unitsOf({ ...SPEC, own_units: [], own_names: [] }), PLAIN);
  near(toFile(-5, x1), 18, 1e-9);
  near(fromFile(18, x1), -5, 1e-9);
});

test('a number has as many decimals as a hundredth of the plane shows in', () => {
  const unit = (/** @type {number} */ size) => ({ zero: 0, unit: size, name: '' });
  equal([inFile(1.5, unit(13400)), inFile(-1.5, unit(4.1)), inFile(0.1, unit(0.01)), inFile(2, unit(1e10))], ['20100', '−6.15', '0.0010', '2.000e+10']);
});

test('a point has the number of its file again', () => {
  const { x2 } = unitsOf(SPEC);
  equal(exactPoint([-5, 1.235, 0.25], SPEC), [-5, 1.234567, 0.25005]);
  equal(exactPoint([3, 3, 1], SPEC), [3, 3, 1]);
  equal(pointInFile((137000 - 82000) / 13400 + 4e-7, x2), '137000');
  equal(pointInFile(0.25005, { zero: 0, unit: 1e4, name: '' }), '2500.5');
});

test('axes have round numbers', () => {
  equal(roundNumbers(13.9, 63.1), [15, 20, 25, 30, 35, 40, 45, 50, 55, 60]);
  for (const [low, high] of [[-0.1, 1.1], [1600, 162400], [-3e-7, 5e-7], [1e8, 1e8 + 30]]) {
    const ticks = roundNumbers(low, high);
    assert(ticks.length >= 4 && ticks.length <= 12 && ticks[0] >= low && ticks[ticks.length - 1] <= high, String(ticks));
  }
});
