// @ts-check
// Where the nodes of a graph stand: in columns from the inputs to the result, each near what it is joined to, and edges
// that cross several columns led between the nodes in between. Pure: sizes in, places out.

/**
 * @typedef {object} Box
 * @property {string} name
 * @property {string[]} inputs  names of earlier boxes; one may stand twice
 * @property {number} width @property {number} height
 */
/** @typedef {{x: number, y: number}} Point */
/**
 * @typedef {object} Edge  from an input to the box that uses it
 * @property {string} from @property {string} to
 * @property {number} slot  which of the box's inputs
 * @property {Point[]} points  start, a point in each column between, end
 */
/**
 * @typedef {object} Layout
 * @property {Map<string, Point>} places  centre of each box
 * @property {Edge[]} edges
 * @property {number} width @property {number} height
 */
/** @typedef {{rank: number, size: number, before: Cell[], after: Cell[], y: number, box?: Box}} Cell  a box, or an edge passing by */

const SWEEPS = 8; // of ordering and of placing; more change nothing that can be seen on 200 nodes
const SAME_GAP = 60; // px: labels nearer than that stand in one gap between columns
const PASSING = 14; // height kept free for an edge that passes a column

/**
 * @typedef {object} Gaps
 * @property {number} row  free space between boxes of one column
 * @property {[number, number]} column  least and most between columns
 * @property {number} width  that should suffice
 */

/**
 * @param {Box[]} boxes  in topological order
 * @param {Gaps} gaps
 * @returns {Layout}
 */
export function layOut(boxes, gaps) {
  const ranks = ranksOf(boxes);
  const cells = new Map(boxes.map((box) => [box.name, cellOf(ranks.get(box.name) ?? 0, box.height, box)]));
  const chains = boxes.flatMap((box) => box.inputs.map((input, slot) => chain(cells, input, box.name, slot)));
  const columns = columnsOf(boxes, cells, chains);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) order(columns, sweep % 2 === 0);
  for (const column of columns) stack(column, column.map((_, place) => place * 60), gaps.row);
  for (let sweep = 0; sweep < SWEEPS * 2; sweep += 1) {
    const towards = sweep % 2 === 0 ? columns : [...columns].reverse();
    for (const column of towards) stack(column, column.map(wanted), gaps.row);
  }
  return finish(boxes, cells, chains, columns, gaps);
}

/** @param {number} rank @param {number} size @param {Box} [box] @returns {Cell} */
const cellOf = (rank, size, box) => ({ rank, size, before: [], after: [], y: 0, box });

/** The longest way from an input; inputs stand right before what uses them first. @param {Box[]} boxes @returns {Map<string, number>} */
export function ranksOf(boxes) {
  /** @type {Map<string, number>} */
  const ranks = new Map();
  for (const { name, inputs } of boxes) ranks.set(name, inputs.length ? 1 + Math.max(...inputs.map((input) => ranks.get(input) ?? 0)) : 0);
  for (const { name, inputs } of boxes) {
    if (inputs.length) continue;
    const users = boxes.filter((box) => box.inputs.includes(name)).map((box) => ranks.get(box.name) ?? 1);
    if (users.length) ranks.set(name, Math.min(...users) - 1);
  }
  return ranks;
}

/**
 * The cells an edge runs through, made where it passes columns.
 * @param {Map<string, Cell>} cells @param {string} from @param {string} to @param {number} slot
 */
function chain(cells, from, to, slot) {
  const [start, end] = [/** @type {Cell} */ (cells.get(from)), /** @type {Cell} */ (cells.get(to))];
  const way = [start];
  for (let rank = start.rank + 1; rank < end.rank; rank += 1) way.push(cellOf(rank, PASSING));
  way.push(end);
  for (let place = 1; place < way.length; place += 1) {
    way[place - 1].after.push(way[place]);
    way[place].before.push(way[place - 1]);
  }
  return { from, to, slot, way };
}

/**
 * Cells by column, first in the order in which the result, read from its inputs down, meets them.
 * @param {Box[]} boxes @param {Map<string, Cell>} cells @param {{way: Cell[]}[]} chains
 */
function columnsOf(boxes, cells, chains) {
  const count = 1 + Math.max(...[...cells.values()].map((cell) => cell.rank));
  /** @type {Cell[][]} */
  const columns = Array.from({ length: count }, () => []);
  /** @type {Set<Cell>} */
  const met = new Set();
  /** @param {Cell} cell */
  const meet = (cell) => {
    if (met.has(cell)) return;
    met.add(cell);
    cell.before.forEach(meet);
    columns[cell.rank].push(cell);
  };
  for (const box of [...boxes].reverse()) meet(/** @type {Cell} */ (cells.get(box.name)));
  chains.forEach(({ way }) => way.forEach(meet));
  return columns;
}

/** @param {Cell[]} cells @param {Map<Cell, number>} places */
const middle = (cells, places) => cells.reduce((sum, cell) => sum + (places.get(cell) ?? 0), 0) / cells.length;

/** Each column by the mean place of its neighbours on one side. @param {Cell[][]} columns @param {boolean} forwards */
function order(columns, forwards) {
  const before = crossings(columns);
  const kept = columns.map((column) => [...column]);
  const side = forwards ? 'before' : 'after';
  for (const column of forwards ? columns : [...columns].reverse()) {
    const places = new Map(columns.flatMap((cells) => cells.map((cell, place) => /** @type {[Cell, number]} */ ([cell, place]))));
    const means = new Map(column.map((cell, place) => [cell, cell[side].length ? middle(cell[side], places) : place]));
    column.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
  }
  if (crossings(columns) > before) columns.forEach((column, rank) => column.splice(0, column.length, ...kept[rank]));
}

/** @param {Cell[][]} columns */
export function crossings(columns) {
  let count = 0;
  for (const column of columns) {
    const places = new Map((columns[(column[0]?.rank ?? 0) + 1] ?? []).map((cell, place) => [cell, place]));
    const ends = column.flatMap((cell, place) => cell.after.map((next) => [place, places.get(next) ?? 0]));
    for (let i = 0; i < ends.length; i += 1) {
      for (let j = i + 1; j < ends.length; j += 1) count += Number((ends[i][0] - ends[j][0]) * (ends[i][1] - ends[j][1]) < 0);
    }
  }
  return count;
}

/** Where a cell would like to stand: at the mean of all it is joined to. @param {Cell} cell */
function wanted(cell) {
  const near = [...cell.before, ...cell.after];
  return near.length ? near.reduce((sum, other) => sum + other.y, 0) / near.length : cell.y;
}

/**
 * Puts a column's cells, in their order and without overlap, as near as can be to where they would like to stand: cells that
 * press against one another share the mean of their desired positions.
 * @param {Cell[]} column @param {number[]} desired @param {number} gap
 */
export function stack(column, desired, gap) {
  const offsets = [0];
  for (let place = 1; place < column.length; place += 1) {
    offsets.push(offsets[place - 1] + (column[place - 1].size + column[place].size) / 2 + gap);
  }
  /** @type {{sum: number, count: number}[]} */
  const groups = [];
  for (const [place, position] of desired.entries()) {
    groups.push({ sum: position - offsets[place], count: 1 });
    while (groups.length > 1) {
      const [above, below] = groups.slice(-2);
      if (above.sum / above.count <= below.sum / below.count) break;
      groups.splice(-2, 2, { sum: above.sum + below.sum, count: above.count + below.count });
    }
  }
  const shifts = groups.flatMap(({ sum, count }) => Array(count).fill(sum / count));
  column.forEach((cell, place) => {
    cell.y = shifts[place] + offsets[place];
  });
}

/**
 * @param {Box[]} boxes @param {Map<string, Cell>} cells @param {ReturnType<typeof chain>[]} chains
 * @param {Cell[][]} columns @param {Gaps} gaps @returns {Layout}
 */
function finish(boxes, cells, chains, columns, gaps) {
  const widths = columns.map((column) => Math.max(0, ...column.map((cell) => cell.box?.width ?? 0)));
  const [narrow, wide] = gaps.column;
  const left = (gaps.width - widths.reduce((sum, width) => sum + width, 0)) / Math.max(1, widths.length - 1);
  const between = Math.min(wide, Math.max(narrow, left));
  /** @type {number[]} */
  const centres = [];
  widths.forEach((width, rank) => centres.push(rank ? centres[rank - 1] + widths[rank - 1] / 2 + between + width / 2 : width / 2));
  const all = columns.flat();
  const top = Math.min(...all.map((cell) => cell.y - cell.size / 2));
  const bottom = Math.max(...all.map((cell) => cell.y + cell.size / 2));
  /** @type {Map<string, Point>} */
  const places = new Map(boxes.map(({ name }) => {
    const cell = /** @type {Cell} */ (cells.get(name));
    return [name, { x: centres[cell.rank], y: cell.y - top }];
  }));
  const edges = chains.map(({ from, to, slot, way }) => {
    const [start, end] = [/** @type {Box} */ (way[0].box), /** @type {Box} */ (way[way.length - 1].box)];
    const port = ((slot + 1) / (end.inputs.length + 1) - 0.5) * Math.min(end.height, 22 * (end.inputs.length + 1));
    const passed = way.slice(1, -1).map((cell) => ({ x: centres[cell.rank], y: cell.y - top }));
    const [a, b] = [/** @type {Point} */ (places.get(from)), /** @type {Point} */ (places.get(to))];
    return { from, to, slot, points: [{ x: a.x + start.width / 2, y: a.y }, ...passed, { x: b.x - end.width / 2, y: b.y + port }] };
  });
  return { places, edges, width: centres[centres.length - 1] + widths[widths.length - 1] / 2, height: bottom - top };
}

/**
 * Labels moved up or down as little as keeps those of one gap between columns apart.
 * @param {Point[]} points @param {number} height  of a label @returns {Point[]}
 */
export function spread(points, height) {
  const cells = points.map(({ x, y }) => ({ ...cellOf(Math.round(x / SAME_GAP), height), x, y }));
  for (const rank of new Set(cells.map((cell) => cell.rank))) {
    const column = cells.filter((cell) => cell.rank === rank).sort((a, b) => a.y - b.y);
    stack(column, column.map((cell) => cell.y), 0);
  }
  return cells.map(({ x, y }) => ({ x, y }));
}

/** A smooth line through points, level where it begins and ends. @param {Point[]} points */
export function pathOf(points) {
  const steps = points.slice(1).map((end, place) => {
    const start = points[place];
    const half = (end.x - start.x) / 2;
    return `C${start.x + half} ${start.y} ${end.x - half} ${end.y} ${end.x} ${end.y}`;
  });
  return `M${points[0].x} ${points[0].y}${steps.join('')}`;
}
