// @ts-check
// Paths of other runs on a landscape: what lies far beyond the map.
import { shortened } from '/static/js/panels/studies/landscape_runs.js';
import { createLandscapeView } from '/static/js/panels/studies/landscape_view.js';
import { equal, test } from '/js-tests/harness.js';

test('a path within the map is as it was, and one that leaves it is said to', () => {
  equal(shortened([[0, 0], [1, -2]], [1, 2]), { path: [[0, 0], [1, -2]], leaves: false });
  equal(shortened([[0, 0], [3, -1]], [1, 2]), { path: [[0, 0], [3, -1]], leaves: true });
});

test('what lies far away is brought nearer, in the same direction', () => {
  equal(shortened([[1, 1], [3e12, -6e12]], [1, 2]), { path: [[1, 1], [100, -200]], leaves: true });
});

test('a surface shows no paths, so that none are named beside it', () => {
  const view = createLandscapeView(document.createElement('canvas'), document.createElement('div'));
  equal(view.showsPaths(), true);
  view.showInSpace(true);
  equal(view.showsPaths(), false);
});
