// @ts-check
// Numbers of links stand in a grid before the neuron they lead to, in the order of where they come from. How large they
// can be, how far columns stand apart for them, and where each stands. Pure: the same box gives the same places.

import { layoutNetwork } from './layout.js';

const SIZES = [12 / 13, 11.5 / 13, 11 / 13]; // of the text: the largest at which all is there at once, never smaller
const LINE = 1.07; // heights of a digit's box; digits have nothing below the line
const MOST_ACROSS = 5; // numbers beside each other: of more only those of one neuron at a time are written
const PADDING = 3; // px of a plate left and right of its numbers
const BESIDE = 6; // px between a tile, or the number on it, and the numbers before it
const PARTED = 3; // px between the numbers of one neuron and the next, where there is room
const TO_NAME = 6; // px from an input's tile to its name that a plate may cover
const LINKS = 14; // px at least in which links are seen without numbers

/** @typedef {import('./layout.js').NetworkLayout} NetworkLayout */
/** @typedef {{size: number, width: number, height: number, gap: number}} Cell  of one number, px: its font's size, its box, the gap to the next one */
/** @typedef {{all: boolean, rows: number, across: number}} Grid  all: every neuron of the layer has its numbers; else one at a time */
/** @typedef {{layout: NetworkLayout, cell: Cell, grids: Grid[], marks: number}} Numbered  marks: px right of the outputs that are theirs */
/** @typedef {{x: number, y: number}} Spot  the middle of a number's edge, px */
/** @typedef {{spots: (Spot | null)[], plates: [number, number, number, number][]}} Places
 *   spots: for each link the middle of its number's right edge; plates: left, top, width, height of what lies under a neuron's numbers */

/**
 * The layout of a network whose links carry numbers: as large as fits the box, else wider than the box.
 * @param {Parameters<typeof layoutNetwork>[0]} box
 * @param {number} em  width of the widest number, in sizes of its font
 * @param {number} inputs  in use
 * @returns {Numbered}
 */
export function layoutWithNumbers(box, em, inputs) {
  const made = SIZES.map((share) => {
    const size = box.text * share;
    return arrange(box, { size, width: size * em, height: size * LINE, gap: size * 0.42 }, inputs);
  });
  const worth = (/** @type {Numbered} */ { grids, layout, cell }) => {
    const parted = grids.every(({ all, rows }, i) => !all || layout.columns[i + 1].left.length < 2 || layout.columns[i + 1].spacing >= rows * cell.height + PARTED);
    return 4 * grids.filter(({ all }) => all).length + 2 * Number(layout.width <= box.width) + Number(parted);
  };
  return made.reduce((best, other) => (worth(other) > worth(best) ? other : best));
}

/** @param {Parameters<typeof layoutNetwork>[0]} box @param {Cell} cell @param {number} inputs @returns {Numbered} */
function arrange(box, cell, inputs) {
  const marks = box.ends ?? 0;
  const several = box.counts[box.counts.length - 1] > 1; // outputs: their biases stand beside them
  const own = { ...box, notes: (box.notes ?? 0) + cell.size, ends: marks + (several ? cell.width + BESIDE : Math.max(0, plateWidth(cell) / 2 - 1.6 * box.text)) };
  let layout = layoutNetwork({ ...own, width: 10 * box.width }); // what room there would be under controls in one line
  let grids = gridsOf(layout, cell, inputs);
  for (;;) {
    layout = layoutNetwork({ ...own, apart: distances(layout, grids, cell) });
    const wider = gridsOf(layout, cell, inputs).map((grid, i) => (grid.all === grids[i].all ? grid.across > grids[i].across : grids[i].all) ? grid : grids[i]);
    if (wider.every((grid, i) => grid === grids[i])) return { layout, cell, grids, marks };
    grids = wider; // only ever wider, or no longer all: it comes to an end
  }
}

/** @param {NetworkLayout} layout @param {Cell} cell @param {number} inputs @returns {Grid[]} of each layer */
function gridsOf({ columns, headHeight, floor, tile }, cell, inputs) {
  return columns.slice(1).map(({ left, width, spacing }, layer) => {
    const links = layer ? columns[layer].left.length : inputs;
    const height = floor - headHeight;
    const room = width > tile ? 0 : left.length > 1 ? spacing : height;
    const acrossIn = (/** @type {number} */ px) => Math.ceil(links / Math.min(links, Math.floor(px / cell.height)));
    const across = [room - PARTED, room].map(acrossIn).find((count) => count > 0 && count <= MOST_ACROSS) ?? acrossIn(height);
    const all = room >= cell.height && across * Math.floor(room / cell.height) >= links;
    return { all, across, rows: Math.ceil(links / across) };
  });
}

/** What the middles of neighbouring columns are apart at least, px. @param {NetworkLayout} layout @param {Grid[]} grids @param {Cell} cell */
function distances(layout, grids, cell) {
  return grids.map(({ across }, i) => {
    const bias = i && hasBiases(layout, i, cell) ? biasOffset(layout, i, cell) + cell.width : ownRight(layout, i, cell);
    return bias + LINKS + across * (cell.width + cell.gap) - cell.gap + before(layout, i + 1, cell);
  });
}

/** px from a column's middle to the numbers before it. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
const before = (layout, column, cell) => Math.max(layout.columns[column].width / 2, plateWidth(cell) / 2 - aside(layout, column, cell)) + BESIDE;

/** Of the plate on a tile on which its own number stands, px. @param {Cell} cell */
export const plateWidth = (cell) => cell.width + cell.size * 0.5;

/** Whether there is room for a column's own numbers. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
export function hasBiases({ columns, tile }, column, cell) {
  const { left, width, spacing } = columns[column];
  return width <= tile && (left.length < 2 || spacing >= cell.height);
}

/** Whether a neuron has two lines, one for the number on it and one for its bias. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
function hasTwoLines({ columns }, column, cell) {
  const { left, spacing } = columns[column];
  return column > 0 && column + 1 < columns.length && (left.length < 2 || spacing >= 2 * cell.height);
}

/** px from a column's middle to the right of its tiles and what stands on them. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
const ownRight = (layout, column, cell) => Math.max(layout.columns[column].width / 2, plateWidth(cell) / 2 + aside(layout, column, cell));

/** How far a plate stands right of its tile's middle: left of an input's is its name, right of an output's its mark. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
function aside({ columns, tile }, column, cell) {
  const over = Math.max(0, (plateWidth(cell) - tile) / 2);
  if (column === 0) return Math.max(0, over - TO_NAME);
  return column + 1 === columns.length && columns[column].left.length > 1 ? -over : 0;
}

/** @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
const biasOffset = (layout, column, cell) => Math.max(layout.tile, hasTwoLines(layout, column, cell) ? 0 : plateWidth(cell)) / 2 + BESIDE;

/** Where a neuron's own number stands: the middle of it. @param {Numbered} numbered @param {number} column @param {number} k @returns {Spot} */
export function plateSpot({ layout, cell }, column, k) {
  const { center, top } = layout.columns[column];
  return { x: center + aside(layout, column, cell), y: top[k] + layout.tile / 2 - (hasTwoLines(layout, column, cell) ? cell.height / 2 : 0) };
}

/** Where its bias stands: the middle of the number's left edge. @param {Numbered} numbered @param {number} column @param {number} k @returns {Spot} */
export function biasSpot({ layout, cell, marks }, column, k) {
  const { center, left, top } = layout.columns[column];
  const middle = top[k] + layout.tile / 2;
  if (column + 1 < layout.columns.length) return { x: center + biasOffset(layout, column, cell), y: middle + (hasTwoLines(layout, column, cell) ? cell.height / 2 : 0) };
  if (left.length > 1) return { x: center + layout.tile / 2 + BESIDE + marks, y: middle };
  return { x: center - cell.width / 2, y: top[k] + layout.tile + cell.height * 0.7 };
}

/** Where the unit of a layer's numbers stands, under them: the middle of its right edge. @param {Numbered} numbered @param {number} layer @returns {Spot} */
export function unitSpot({ layout, cell }, layer) {
  return { x: layout.columns[layer + 1].center - before(layout, layer + 1, cell), y: layout.floor + cell.size * 0.4 };
}

/** What a neuron and the numbers before it take up. @param {Numbered} numbered @param {number} column @param {number} k */
export function neuronBox({ layout, cell, grids }, column, k) {
  const { center, width, top } = layout.columns[column];
  const grid = column ? grids[column - 1] : { across: 0, rows: 1 };
  const middle = top[k] + layout.tile / 2;
  const half = Math.max(layout.tile, grid.rows * cell.height) / 2;
  const left = center - (column ? before(layout, column, cell) : width / 2) - grid.across * (cell.width + cell.gap);
  return { left, right: center + Math.max(width, plateWidth(cell)) / 2, top: middle - half, bottom: middle + half };
}

/**
 * @param {Numbered} numbered @param {import('./links.js').Links} links
 * @param {{layer: number, tile: number} | null} chosen  the neuron that has its numbers where not all can
 * @returns {Places}
 */
export function figurePlaces({ layout, cell, grids }, links, chosen) {
  /** @type {Places['plates']} */
  const plates = [];
  const spots = Array.from({ length: links.count }, () => /** @type {Spot | null} */ (null));
  grids.forEach(({ all, rows, across }, layer) => {
    const { center, top } = layout.columns[layer + 1];
    const right = center - before(layout, layer + 1, cell);
    const half = (rows * cell.height) / 2;
    const free = !all || top.length < 2; // of neighbours above and below
    const inputs = (links.starts[layer + 1] - links.starts[layer]) / top.length;
    for (let to = 0; to < top.length; to++) {
      if (!all && !(chosen?.layer === layer && chosen.tile === to)) continue;
      const own = top[to] + layout.tile / 2;
      const middle = free ? Math.max(layout.headHeight + half, Math.min(layout.floor - half, own)) : own;
      const width = across * (cell.width + cell.gap) - cell.gap + 2 * PADDING;
      plates.push([right + PADDING - width, middle - half, width, 2 * half]);
      for (let i = 0; i < inputs; i++) {
        spots[links.starts[layer] + to * inputs + i] = {
          x: right - (across - 1 - (i % across)) * (cell.width + cell.gap),
          y: middle + (Math.floor(i / across) - (rows - 1) / 2) * cell.height,
        };
      }
    }
  });
  return { spots, plates };
}
