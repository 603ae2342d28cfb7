// @ts-check
// The line where a map crosses a level: marching squares with linear interpolation, joined into paths.

/** @typedef {{points: number[], closed: boolean}} Path  points: x0, y0, x1, y1, … with 0 … 1 from left to right and from top to bottom */

/**
 * Made once per map size: the working arrays are kept between calls.
 * The map's values stand at the centres of its cells; outside the outermost centres the edge's values go on, so that
 * a line reaches the map's border.
 * @param {number} side cells along an edge
 * @returns {(values: ArrayLike<number>, level: number) => Path[]}
 */
export function makeContour(side) {
  const span = side + 2; // nodes along an edge, with one more on each side
  const nodes = span * span;
  // Crossing 2n lies between node n and its right neighbour, 2n+1 between node n and the one below.
  const neighbors = new Int32Array(4 * nodes); // two for each crossing; −1: none
  const field = new Float32Array(nodes);
  const seen = new Uint8Array(2 * nodes);

  /** @type {number[]} */
  const crossings = [];

  const link = (/** @type {number} */ a, /** @type {number} */ b) => {
    crossings.push(a);
    neighbors[2 * a + (neighbors[2 * a] === -1 ? 0 : 1)] = b;
    neighbors[2 * b + (neighbors[2 * b] === -1 ? 0 : 1)] = a;
  };

  return (values, level) => {
    for (let row = 0; row < span; row++) {
      const source = Math.min(Math.max(row - 1, 0), side - 1) * side;
      for (let column = 0; column < span; column++) {
        field[row * span + column] = values[source + Math.min(Math.max(column - 1, 0), side - 1)] - level;
      }
    }
    neighbors.fill(-1);
    seen.fill(0);
    crossings.length = 0;
    for (let row = 0; row + 1 < span; row++) {
      for (let column = 0; column + 1 < span; column++) {
        const n = row * span + column;
        const code = +(field[n] >= 0) | (+(field[n + 1] >= 0) << 1) | (+(field[n + span + 1] >= 0) << 2) | (+(field[n + span] >= 0) << 3);
        if (code === 0 || code === 15) continue;
        const [top, left, right, bottom] = [2 * n, 2 * n + 1, 2 * n + 3, 2 * (n + span)];
        switch (code > 7 ? 15 - code : code) {
          case 1: link(top, left); break;
          case 2: link(top, right); break;
          case 3: link(left, right); break;
          case 4: link(right, bottom); break;
          case 6: link(top, bottom); break;
          case 7: link(left, bottom); break;
          case 5: { // a saddle: the mean of the corners says which pair of corners is joined
            const joined = field[n] + field[n + 1] + field[n + span] + field[n + span + 1] >= 0;
            if (joined === Boolean(code & 1)) { link(top, right); link(left, bottom); } else { link(top, left); link(right, bottom); }
          }
        }
      }
    }
    return follow();
  };

  /** Open paths first, from an end; what is left goes round. @returns {Path[]} */
  function follow() {
    /** @type {Path[]} */
    const paths = [];
    for (const start of ends()) if (!seen[start]) paths.push({ points: walk(start), closed: false });
    for (const start of crossings) if (!seen[start]) paths.push({ points: walk(start), closed: true });
    return paths;
  }

  /** Crossings of the outermost edges, where a path can end. */
  function* ends() {
    for (let i = 0; i + 1 < span; i++) {
      for (const crossing of [2 * i, 2 * ((span - 1) * span + i), 2 * i * span + 1, 2 * (i * span + span - 1) + 1]) {
        if (neighbors[2 * crossing] !== -1) yield crossing;
      }
    }
  }

  /** @param {number} start */
  function walk(start) {
    const points = [];
    for (let at = start; at !== -1 && !seen[at]; ) {
      seen[at] = 1;
      const n = at >> 1;
      const [row, column] = [Math.floor(n / span), n % span];
      const share = field[n] / (field[n] - field[at & 1 ? n + span : n + 1]);
      points.push((column - 0.5 + (at & 1 ? 0 : share)) / side, (row - 0.5 + (at & 1 ? share : 0)) / side);
      const [one, other] = [neighbors[2 * at], neighbors[2 * at + 1]];
      at = one !== -1 && !seen[one] ? one : other;
    }
    return points;
  }
}

const STEEP = 0.5; // of the map's range: a jump from one cell to the next in which the line's place within the cell is lost
const REACH = 2; // cells on each side that are averaged, twice
const LEAST = 0.1; // how far beyond the level, of 1, a cell is put that the average has taken to the other side

let line = new Float32Array(0); // kept between calls

/**
 * A map whose line does not follow the stairs of its cells: where the map jumps at the line, the share of cells on either
 * side tells where the line runs, to a third of a cell where it is straight. No cell changes its side: what is thinner
 * than the average reaches stays. Other maps stay as they are.
 * @param {ArrayLike<number>} values @param {number} level @param {number} side @param {Float32Array} into  for the result
 */
export function softened(values, level, side, into) {
  if (jump(values, level, side) < STEEP) return values;
  if (line.length !== side) line = new Float32Array(side);
  for (let i = 0; i < side * side; i++) into[i] = values[i] >= level ? 1 : -1;
  for (let pass = 0; pass < 2; pass++) {
    average(side, 1, side, into);
    average(side, side, 1, into);
  }
  for (let i = 0; i < side * side; i++) {
    const own = values[i] >= level ? 1 : -1;
    const stands = own * into[i];
    into[i] = level + own * (stands > 1e-3 ? stands : Math.max(LEAST, -2 * stands)); // twice: a thin band is not broken up where it runs aslant
  }
  return into;
}

/** Each row's cells, or each column's, over their neighbours. @param {number} side @param {number} along @param {number} across @param {Float32Array} into */
function average(side, along, across, into) {
  for (let start = 0; start < side; start++) {
    for (let i = 0; i < side; i++) line[i] = into[start * across + i * along];
    for (let i = 0; i < side; i++) {
      let sum = 0;
      for (let near = -REACH; near <= REACH; near++) sum += beyond(i + near);
      into[start * across + i * along] = sum / (2 * REACH + 1);
    }
  }
}

/** A line of cells goes on over its ends as it comes, so that what crosses the border is not bent. @param {number} i */
function beyond(i) {
  const last = line.length - 1;
  return i < 0 ? 2 * line[0] - line[-i] : i > last ? 2 * line[last] - line[2 * last - i] : line[i];
}

/** How far the map jumps where it crosses the level, on average, as a share of its range. @param {ArrayLike<number>} values @param {number} level @param {number} side */
function jump(values, level, side) {
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < side * side; i++) {
    const value = values[i];
    const above = value >= level;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (i % side < side - 1 && above !== values[i + 1] >= level) {
      sum += Math.abs(values[i + 1] - value);
      count += 1;
    }
    if (i + side < side * side && above !== values[i + side] >= level) {
      sum += Math.abs(values[i + side] - value);
      count += 1;
    }
  }
  return count ? sum / count / (high - low) : 0;
}

/** Whether a map knows two values only. @param {ArrayLike<number>} values */
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
