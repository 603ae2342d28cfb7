// @ts-check
import { asPredicted, paintMarks } from '/static/js/panels/output/predicted_points.js';
import { LIGHT, assert, blankCanvas, equal, pixelAt, test } from '/js-tests/harness.js';

/** @type {import('/static/js/draw/plane/plane.js').Point[]} three points in a row: of the classes 1, 0, 1 */
const POINTS = [[-3, 0, 1], [0, 0, -1], [3, 0, 1]];
const HOW = { size: 120, radius: 4, classes: 2, extent: { low: -6, high: 6 }, palette: LIGHT };
const MARKS = { wrong: true, predicted: false, cell: null, classes: { train: '110', test: '' } };

/** Whether anything is painted at the points. @param {Partial<typeof MARKS> & Record<string, any>} marks @param {number} [right] px beside them @param {'train' | 'test'} [set] */
function painted(marks, right = 0, set = 'train') {
  const context = blankCanvas(120, 120);
  paintMarks(context, POINTS, set, { ...MARKS, ...marks }, HOW);
  return [30, 60, 90].map((x) => pixelAt(context, x + right, 60)[3] > 0);
}

test('points that are taken for another class are crossed, and no others', () => {
  equal(painted({}), [false, true, true]);
  equal(painted({ classes: { train: '101', test: '' } }), [false, false, false]);
});

test('the points of a cell of the confusion matrix have a ring', () => {
  const cell = { set: 'train', own: 1, predicted: 0 };
  equal(painted({ wrong: false, cell }, 8), [false, false, true]);
  equal(painted({ wrong: false, cell: { ...cell, set: 'test' } }, 8), [false, false, false]);
});

test('nothing is marked by predictions of other points', () => {
  equal(painted({}, 0, 'test'), [false, false, false]);
  equal(asPredicted(POINTS, '11', 2), POINTS);
});

test('points can be shown as the classes they are taken for', () => {
  equal(asPredicted(POINTS, '110', 2).map(([, , target]) => target), [1, 1, -1]);
  equal(asPredicted(POINTS, '240', 5).map(([, , target]) => target), [2, 4, 0]);
  assert(asPredicted(POINTS, undefined, 2) === POINTS);
});
