// @ts-check
import { createPointHistory, nearestIndex, toDrawnPoints, whyUntrainable } from '/static/js/panels/data/point_history.js';
import { equal, test } from '/js-tests/harness.js';

const MOST = 30; // points

test('points are added, moved and erased, and each change can be undone', () => {
  const history = createPointHistory([], MOST);
  history.add(1, 2, 0);
  history.add(3.00049, -9, 1); // within the plane, to a thousandth
  equal(history.points, [[1, 2, 0], [3, -6, 1]]);
  history.move(0, -1, 0.5);
  history.erase(3, -6, 0.1);
  equal(history.points, [[-1, 0.5, 0]]);
  history.undo();
  history.undo();
  equal(history.points, [[1, 2, 0], [3, -6, 1]]);
  history.redo();
  equal(history.points[0], [-1, 0.5, 0]);
  history.add(0, 0, 2);
  equal(history.canRedo, false);
  history.clear();
  equal(history.points, []);
  history.undo();
  equal(history.points.length, 3);
});

test('one stroke is one change', () => {
  const history = createPointHistory([[0, 0, 0]], MOST);
  history.beginStroke();
  for (let i = 0; i < 20; i++) history.add(i / 10, 1, 1);
  history.endStroke();
  history.add(5, 5, 1);
  history.undo();
  equal(history.points.length, 21);
  history.undo();
  equal(history.points, [[0, 0, 0]]);
  equal(history.canUndo, false);
});

test('there are no more points than a Spec holds', () => {
  const history = createPointHistory(Array.from({ length: MOST }, () => /** @type {[number, number, number]} */ ([0, 0, 0])), MOST);
  equal(history.add(1, 1, 1), false);
  equal(history.points.length, MOST);
  history.undo();
  equal(history.points.length, MOST);
});

test('the nearest point is found within a radius', () => {
  /** @type {import('/static/js/panels/data/point_history.js').DrawnPoint[]} */
  const points = [[0, 0, 0], [1, 0, 0]];
  equal([nearestIndex(points, 0.6, 0, 0.5), nearestIndex(points, 0.4, 0, 0.5), nearestIndex(points, 3, 3, 1)], [1, 0, -1]);
});

test('a data set becomes drawn points: classes by number, points outside the plane left out', () => {
  const points = { train: [[1, 2, -1], [7, 0, 1]], test: [[-3, 4, 1]] };
  equal(toDrawnPoints(points, 2, MOST), { points: [[1, 2, 0], [-3, 4, 1]], omitted: 1 });
  equal(toDrawnPoints({ train: [[1, 2, 4]], test: [] }, 5, MOST), { points: [[1, 2, 4]], omitted: 0 });
  equal(toDrawnPoints({ train: [[1, 2, -0.25]], test: [] }, 0, MOST), { points: [[1, 2, -0.25]], omitted: 0 });
});

test('points of one class and no points cannot be trained on', () => {
  equal(whyUntrainable([], false), 'none');
  equal(whyUntrainable([[0, 0, 3], [1, 1, 3]], false), 'one_class');
  equal([whyUntrainable([[0, 0, 3], [1, 1, 0]], false), whyUntrainable([[0, 0, 3]], true)], ['', '']);
});
