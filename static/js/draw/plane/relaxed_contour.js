// @ts-check
// A contour of a map that was rounded: as straight as the rounding leaves it free to be. Between two cells the line lies
// somewhere within a range, and takes the place in it where it bends least, as a taut string would.

const ROUNDS = 24;
const NEAR = 1.01; // levels of rounding from the contour's: such a cell says its side, and no more

/**
 * @typedef {object} Path
 * @property {number[]} points  x0, y0, x1, y1, … 0 … 1 from left to right and from top to bottom
 * @property {boolean} closed
 * @property {number[]} ranges  for each point whether its x (0) or its y (1) is between two cells, and from where to where; empty where values are not rounded
 */

/**
 * Where between two cells' values a crossing may lie, as shares of the way from one to the other.
 * @param {number} from @param {number} to  value − level, of opposite signs @param {number} rounded  what one level of rounding is
 * @returns {[number, number]}
 */
export function shareRange(from, to, rounded) {
  const [one, other] = [Math.abs(from) / rounded, Math.abs(to) / rounded];
  const least = (/** @type {number} */ size) => (size < NEAR ? 0 : size - 0.5);
  const low = least(one) / (least(one) + other + 0.5);
  const high = (one + 0.5) / (one + 0.5 + least(other));
  return [Math.max(low, 0.01), Math.min(high, 0.99)];
}

/**
 * Moves the points of a path, each along its own edge of the grid and within its range, towards the line through its
 * neighbours; an end of an open path towards that through the two points next to it. In place.
 * @param {Path} path
 */
export function relax({ points, closed, ranges }) {
  const count = points.length / 2;
  if (count < 3) return;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < count; i++) {
      let [before, after] = [i - 1, i + 1];
      if (closed) [before, after] = [(before + count) % count, after % count];
      else if (i === 0) [before, after] = [1, 2];
      else if (after === count) [before, after] = [i - 2, i - 1];
      const along = ranges[3 * i]; // 0: the point moves from left to right, 1: from top to bottom
      const wanted = placeOnLine(points, before, after, along, points[2 * i + 1 - along]);
      const isEnd = !closed && (i === 0 || i === count - 1); // outside the map's outermost cells, which say nothing of it
      points[2 * i + along] = isEnd ? wanted : Math.min(ranges[3 * i + 2], Math.max(ranges[3 * i + 1], wanted));
    }
  }
}

/** Where the line through two points is, in one coordinate, at a place of the other one. @param {number[]} points @param {number} one @param {number} other @param {number} along @param {number} at */
function placeOnLine(points, one, other, along, at) {
  const [from, to] = [2 * one, 2 * other];
  const gap = points[to + 1 - along] - points[from + 1 - along];
  const share = Math.abs(gap) < 1e-9 ? 0.5 : (at - points[from + 1 - along]) / gap;
  return points[from + along] + Math.min(2, Math.max(-1, share)) * (points[to + along] - points[from + along]);
}
