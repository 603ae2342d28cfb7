// @ts-check
import { MOST, asOwn, createEdits, lacking } from '/static/js/panels/data/edits.js';
import { assert, equal, test } from '/js-tests/harness.js';

test('points come, move and go, and each change can be taken back', () => {
  const edits = createEdits([]);
  edits.add(1, 2, 0);
  edits.add(3.00049, -9, 1); // within the plane, to a thousandth
  equal(edits.points, [[1, 2, 0], [3, -6, 1]]);
  edits.move(0, -1, 0.5);
  edits.erase(3, -6, 0.1);
  equal(edits.points, [[-1, 0.5, 0]]);
  edits.undo();
  edits.undo();
  equal(edits.points, [[1, 2, 0], [3, -6, 1]]);
  edits.redo();
  equal(edits.points[0], [-1, 0.5, 0]);
  edits.add(0, 0, 2);
  equal(edits.canRedo, false);
  edits.clear();
  equal(edits.points, []);
  edits.undo();
  equal(edits.points.length, 3);
});

test('one stroke is one change', () => {
  const edits = createEdits([[0, 0, 0]]);
  edits.begin();
  for (let i = 0; i < 20; i++) edits.add(i / 10, 1, 1);
  edits.end();
  edits.add(5, 5, 1);
  edits.undo();
  equal(edits.points.length, 21);
  edits.undo();
  equal(edits.points, [[0, 0, 0]]);
  equal(edits.canUndo, false);
});

test('there are no more points than a Spec holds', () => {
  const edits = createEdits(Array.from({ length: MOST }, () => /** @type {[number, number, number]} */ ([0, 0, 0])));
  equal(edits.add(1, 1, 1), false);
  equal(edits.points.length, MOST);
  edits.undo();
  equal(edits.points.length, MOST);
});

test('the nearest point is found within reach', () => {
  const edits = createEdits([[0, 0, 0], [1, 0, 0]]);
  equal([edits.nearest(0.6, 0, 0.5), edits.nearest(0.4, 0, 0.5), edits.nearest(3, 3, 1)], [1, 0, -1]);
});

test('a data set becomes points of one’s own: classes by number, what lies outside left out', () => {
  const points = { train: [[1, 2, -1], [7, 0, 1]], test: [[-3, 4, 1]] };
  equal(asOwn(points, 2), { points: [[1, 2, 0], [-3, 4, 1]], left: 1 });
  equal(asOwn({ train: [[1, 2, 4]], test: [] }, 5), { points: [[1, 2, 4]], left: 0 });
  equal(asOwn({ train: [[1, 2, -0.25]], test: [] }, 0), { points: [[1, 2, -0.25]], left: 0 });
});

test('what cannot be trained on is said', () => {
  equal(lacking([], false), 'none');
  equal(lacking([[0, 0, 3], [1, 1, 3]], false), 'one_class');
  equal([lacking([[0, 0, 3], [1, 1, 0]], false), lacking([[0, 0, 3]], true)], ['', '']);
  assert(MOST === 2000);
});
