import { longestBorder } from '/static/js/experiment/sweep_cells.js';
import { equal, test } from '../harness.js';

test('the part of a map with the longest border is found, or none', () => {
  const mapOf = (...rows) => ({ columns: rows[0].length, rows: rows.length, above: (x, y) => rows[y][x] === '#' });
  equal(longestBorder(mapOf('.....#', '.....#', '......', '......', '#.#...', '.#.#..')), [{ x: 0, y: 4 }, { x: 1, y: 5 }]);
  equal(longestBorder(mapOf('...', '...', '...')), null);
  equal(longestBorder(mapOf('###')), null);
});
