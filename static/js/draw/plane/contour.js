// @ts-check
// Contour lines, where a map crosses a level: marching squares with linear interpolation, joined into paths. On one side are
// the values above the level, on the other those at it and below, as a network's decision has it.

/**
 * @typedef {object} Path
 * @property {number[]} points  x0, y0, x1, y1, … 0 … 1 from left to right and from top to bottom
 * @property {boolean} closed
 * @property {number[]} ranges  for each point whether its x (0) or its y (1) is between two cells, and from where to where; empty where values are not rounded
 */


/**
 * Working arrays for one size of map. Nodes are the centres of the map's cells and one more on each side. Crossing 2n lies
 * between node n and its right neighbour, 2n+1 between node n and the one below.
 * @typedef {object} Grid
 * @property {number} side  cells along an edge of the map @property {number} span  nodes along an edge
 * @property {Float32Array} field  value − level at each node
 * @property {Int32Array} neighbors  two for each crossing; −1: none
 * @property {Uint8Array} seen  crossings that are part of a path
 * @property {number[]} crossings
 */

/**
 * Made once per map size: the working arrays are kept between calls. Outside the outermost centres the edge's values are
 * repeated, so that a line reaches the map's border.
 * @param {number} side cells along an edge
 * @returns {(values: ArrayLike<number>, level: number, rounded?: number) => Path[]} rounded: what the values were rounded to, so that the line need not follow the roundings
 */
export function makeContour(side) {
  const span = side + 2;
  const nodes = span * span;
  /** @type {Grid} */
  const grid = { side, span, field: new Float32Array(nodes), neighbors: new Int32Array(4 * nodes), seen: new Uint8Array(2 * nodes), crossings: [] };
  return (values, level, rounded = 0) => {
    fillField(grid, values, level);
    findCrossings(grid);
    const paths = joinPaths(grid, rounded);
    if (rounded) paths.forEach(relax);
    return paths;
  };
}

/** @param {Grid} grid @param {ArrayLike<number>} values @param {number} level */
function fillField({ side, span, field }, values, level) {
  for (let row = 0; row < span; row++) {
    const source = Math.min(Math.max(row - 1, 0), side - 1) * side;
    for (let column = 0; column < span; column++) {
      field[row * span + column] = values[source + Math.min(Math.max(column - 1, 0), side - 1)] - level;
    }
  }
}

/** Joins the crossings on the edges of each square of four nodes. @param {Grid} grid */
function findCrossings(grid) {
  const { span, field, neighbors, seen, crossings } = grid;
  neighbors.fill(-1);
  seen.fill(0);
  crossings.length = 0;
  for (let row = 0; row + 1 < span; row++) {
    for (let column = 0; column + 1 < span; column++) {
      const n = row * span + column;
      const code = +(field[n] > 0) | (+(field[n + 1] > 0) << 1) | (+(field[n + span + 1] > 0) << 2) | (+(field[n + span] > 0) << 3);
      if (code !== 0 && code !== 15) joinSquare(grid, n, code);
    }
  }
}

/** @param {Grid} grid @param {number} n  the upper left node @param {number} code  a bit for each node above the level, clockwise from the upper left */
function joinSquare(grid, n, code) {
  const { span, field } = grid;
  const [top, left, right, bottom] = [2 * n, 2 * n + 1, 2 * n + 3, 2 * (n + span)];
  switch (code > 7 ? 15 - code : code) {
    case 1: join(grid, top, left); break;
    case 2: join(grid, top, right); break;
    case 3: join(grid, left, right); break;
    case 4: join(grid, right, bottom); break;
    case 6: join(grid, top, bottom); break;
    case 7: join(grid, left, bottom); break;
    case 5: { // a saddle: the mean of the corners says which pair of corners is joined
      const joined = field[n] + field[n + 1] + field[n + span] + field[n + span + 1] >= 0;
      if (joined === Boolean(code & 1)) {
        join(grid, top, right);
        join(grid, left, bottom);
      } else {
        join(grid, top, left);
        join(grid, right, bottom);
      }
    }
  }
}

/** @param {Grid} grid @param {number} a @param {number} b  crossings */
function join({ neighbors, crossings }, a, b) {
  crossings.push(a);
  neighbors[2 * a + (neighbors[2 * a] === -1 ? 0 : 1)] = b;
  neighbors[2 * b + (neighbors[2 * b] === -1 ? 0 : 1)] = a;
}

/** Open paths first, from an end; the crossings that remain are on closed ones. @param {Grid} grid @param {number} rounded @returns {Path[]} */
function joinPaths(grid, rounded) {
  /** @type {Path[]} */
  const paths = [];
  for (const start of pathEnds(grid)) if (!grid.seen[start]) paths.push({ ...followPath(grid, start, rounded), closed: false });
  for (const start of grid.crossings) if (!grid.seen[start]) paths.push({ ...followPath(grid, start, rounded), closed: true });
  return paths;
}

/** Crossings of the outermost edges, where a path can end. @param {Grid} grid */
function* pathEnds({ span, neighbors }) {
  for (let i = 0; i + 1 < span; i++) {
    for (const crossing of [2 * i, 2 * ((span - 1) * span + i), 2 * i * span + 1, 2 * (i * span + span - 1) + 1]) {
      if (neighbors[2 * crossing] !== -1) yield crossing;
    }
  }
}

/** @param {Grid} grid @param {number} start  crossing @param {number} rounded @returns {{points: number[], ranges: number[]}} */
function followPath({ side, span, field, neighbors, seen }, start, rounded) {
  const points = /** @type {number[]} */ ([]);
  const ranges = /** @type {number[]} */ ([]);
  for (let at = start; at !== -1 && !seen[at]; ) {
    seen[at] = 1;
    const n = at >> 1;
    const down = at & 1;
    const [row, column] = [Math.floor(n / span), n % span];
    const [from, to] = [field[n], field[down ? n + span : n + 1]];
    const share = from / (from - to);
    points.push((column - 0.5 + (down ? 0 : share)) / side, (row - 0.5 + (down ? share : 0)) / side);
    if (rounded) ranges.push(down, ...shareRange(from, to, rounded).map((part) => ((down ? row : column) - 0.5 + part) / side));
    const [one, other] = [neighbors[2 * at], neighbors[2 * at + 1]];
    at = one !== -1 && !seen[one] ? one : other;
  }
  return { points, ranges };
}

// A line of rounded values is as straight as the rounding leaves it free to be: between two cells it lies somewhere within a
// range, and takes the place in it where it bends least, as a taut string would.

const ROUNDS = 24;
const NEAR = 1.01; // levels of rounding from the contour's: such a cell says its side, and no more

/**
 * Where between two cells' values a crossing may lie, as shares of the way from one to the other.
 * @param {number} from @param {number} to  value − level, of opposite signs @param {number} rounded  what one level of rounding is
 * @returns {[number, number]}
 */
function shareRange(from, to, rounded) {
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
function relax({ points, closed, ranges }) {
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

const STEEP = 0.5; // of the map's range: with larger jumps between cells, interpolation does not find the line within a cell
const REACH = 2; // cells on each side that are averaged, twice
const LEAST = 0.1; // least distance from the level, of 1, of a cell that averaging has taken to the other side

let line = new Float32Array(0); // kept between calls

/**
 * A map whose contour does not follow the edges of its cells: where the map jumps at the level, the mean of the sides of
 * nearby cells places the line, to a third of a cell where it is straight. No cell changes its side, so decision regions
 * thinner than the average are kept. Maps without jumps are returned unchanged.
 * @param {ArrayLike<number>} values @param {number} level @param {number} side @param {Float32Array} into  for the result
 */
export function smoothMap(values, level, side, into) {
  if (jumpAt(values, level, side) < STEEP) return values;
  if (line.length !== side) line = new Float32Array(side);
  for (let i = 0; i < side * side; i++) into[i] = values[i] > level ? 1 : -1;
  for (let pass = 0; pass < 2; pass++) {
    average(side, 1, side, into);
    average(side, side, 1, into);
  }
  for (let i = 0; i < side * side; i++) {
    const own = values[i] > level ? 1 : -1;
    const kept = own * into[i]; // negative: averaging has taken the cell to the other side
    into[i] = level + own * (kept > 1e-3 ? kept : Math.max(LEAST, -2 * kept)); // twice: else slanted thin bands break up
  }
  return into;
}

/** Averages each row, or each column, over REACH cells on both sides, in place. @param {number} side @param {number} along @param {number} across @param {Float32Array} into */
function average(side, along, across, into) {
  for (let start = 0; start < side; start++) {
    for (let i = 0; i < side; i++) line[i] = into[start * across + i * along];
    for (let i = 0; i < side; i++) {
      let sum = 0;
      for (let offset = -REACH; offset <= REACH; offset++) sum += valueAt(i + offset);
      into[start * across + i * along] = sum / (2 * REACH + 1);
    }
  }
}

/** Beyond its ends a line of cells is continued by point reflection, so that a contour keeps its direction at the border. @param {number} i */
function valueAt(i) {
  const last = line.length - 1;
  return i < 0 ? 2 * line[0] - line[-i] : i > last ? 2 * line[last] - line[2 * last - i] : line[i];
}

/** How far the map jumps where it crosses the level, on average, as a share of its range. @param {ArrayLike<number>} values @param {number} level @param {number} side */
function jumpAt(values, level, side) {
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < side * side; i++) {
    const value = values[i];
    const above = value > level;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (i % side < side - 1 && above !== values[i + 1] > level) {
      sum += Math.abs(values[i + 1] - value);
      count += 1;
    }
    if (i + side < side * side && above !== values[i + side] > level) {
      sum += Math.abs(values[i + side] - value);
      count += 1;
    }
  }
  return count ? sum / count / (high - low) : 0;
}

/** Whether a map has exactly two values. @param {ArrayLike<number>} values */
export function isTwoValued(values) {
  let other = values[0];
  for (let i = 1; i < values.length; i++) {
    if (values[i] === values[0] || values[i] === other) continue;
    if (other !== values[0]) return false;
    other = values[i];
  }
  return other !== values[0];
}

/**
 * Adds the paths to the context's current path, rounded through the middles of their segments.
 * @param {CanvasRenderingContext2D | Path2D} context @param {Path[]} paths @param {number} size  px of an edge of the map
 */
export function traceContour(context, paths, size) {
  for (const { points, closed } of paths) {
    const count = points.length / 2;
    const x = (/** @type {number} */ i) => points[2 * (i % count)] * size;
    const y = (/** @type {number} */ i) => points[2 * (i % count) + 1] * size;
    if (closed) context.moveTo((x(count - 1) + x(0)) / 2, (y(count - 1) + y(0)) / 2);
    else context.moveTo(x(0), y(0));
    for (let i = closed ? 0 : 1; i < (closed ? count : count - 1); i++) {
      context.quadraticCurveTo(x(i), y(i), (x(i) + x(i + 1)) / 2, (y(i) + y(i + 1)) / 2);
    }
    if (closed) context.closePath();
    else context.lineTo(x(count - 1), y(count - 1));
  }
}
