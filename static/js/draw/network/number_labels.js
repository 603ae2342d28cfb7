// @ts-check
// Positions of the number labels: of each link's weight, gradient or update, of each bias, of each neuron's activation.
// The labels of a neuron's links form a grid left of it, in the order of its inputs. Pure: the same box gives the same
// positions.

import { layoutNetwork } from './layout.js';

const SIZES = [12 / 13, 11.5 / 13, 11 / 13]; // of the text: the largest with which every label has room, never smaller than the last
const LINE = 1.07; // height of a label's box in font sizes; digits have no descenders
const MOST_ACROSS = 5; // labels side by side: where a layer needs more, only one neuron at a time has its labels
const PADDING = 3; // px of a background left and right of its labels
const GAP = 6; // px between a tile, or the label on it, and the labels left of it
const NEURON_GAP = 3; // px between the labels of one neuron and of the next, where there is room
const NAME_GAP = 6; // px between an input's tile and its name that a label may cover
const LEAST_LINK = 14; // px of a link that no label covers

/** @typedef {import('./layout.js').NetworkLayout} NetworkLayout */
/** @typedef {{size: number, width: number, height: number, gap: number}} Cell  of one label, px: its font's size, its box, the gap to the next one */
/** @typedef {{all: boolean, rows: number, across: number}} LabelGrid  all: every neuron of the layer has its labels; else one neuron at a time */
/** @typedef {{layout: NetworkLayout, cell: Cell, grids: LabelGrid[], markWidth: number}} LabelLayout  grids: by layer; markWidth: px right of the outputs for their marks */
/** @typedef {{x: number, y: number}} Point  px */
/** @typedef {{positions: (Point | null)[], backgrounds: [number, number, number, number][]}} LinkLabels
 *   positions: for each link the middle of its label's right edge; backgrounds: left, top, width, height behind a neuron's labels */
/** @typedef {{layer: number, tile: number}} DrawnNeuron */

/**
 * The layout of a network whose links have labels: as large as the box allows, and wider than the box where it must be.
 * @param {Parameters<typeof layoutNetwork>[0]} box
 * @param {number} em  width of the widest number, in font sizes
 * @param {number} inputs  in use
 * @returns {LabelLayout}
 */
export function layoutWithLabels(box, em, inputs) {
  const candidates = SIZES.map((share) => {
    const size = box.text * share;
    return arrange(box, { size, width: size * em, height: size * LINE, gap: size * 0.42 }, inputs);
  });
  const score = (/** @type {LabelLayout} */ { grids, layout, cell }) => {
    const separate = grids.every(({ all, rows }, i) => !all || layout.columns[i + 1].left.length < 2 || layout.columns[i + 1].spacing >= rows * cell.height + NEURON_GAP);
    return 4 * grids.filter(({ all }) => all).length + 2 * Number(layout.width <= box.width) + Number(separate);
  };
  return candidates.reduce((best, other) => (score(other) > score(best) ? other : best));
}

/** @param {Parameters<typeof layoutNetwork>[0]} box @param {Cell} cell @param {number} inputs @returns {LabelLayout} */
function arrange(box, cell, inputs) {
  const markWidth = box.markWidth ?? 0;
  const severalOutputs = box.counts[box.counts.length - 1] > 1; // their biases are right of them
  const own = {
    ...box,
    noteHeight: (box.noteHeight ?? 0) + cell.size,
    markWidth: markWidth + (severalOutputs ? cell.width + GAP : Math.max(0, neuronLabelWidth(cell) / 2 - 1.6 * box.text)),
  };
  let layout = layoutNetwork({ ...own, width: 10 * box.width }); // the room there is when column heads take one line
  let grids = gridsOf(layout, cell, inputs);
  for (;;) {
    layout = layoutNetwork({ ...own, distances: distances(layout, grids, cell) });
    const wider = gridsOf(layout, cell, inputs).map((grid, i) => (grid.all === grids[i].all ? grid.across > grids[i].across : grids[i].all) ? grid : grids[i]);
    if (wider.every((grid, i) => grid === grids[i])) return { layout, cell, grids, markWidth };
    grids = wider; // a grid only gets wider or loses `all`, so the loop ends
  }
}

/** @param {NetworkLayout} layout @param {Cell} cell @param {number} inputs @returns {LabelGrid[]} of each layer */
function gridsOf({ columns, headHeight, bottom, tile }, cell, inputs) {
  return columns.slice(1).map(({ left, width, spacing }, layer) => {
    const links = layer ? columns[layer].left.length : inputs;
    const height = bottom - headHeight;
    const room = width > tile ? 0 : left.length > 1 ? spacing : height;
    const acrossIn = (/** @type {number} */ px) => Math.ceil(links / Math.min(links, Math.floor(px / cell.height)));
    const across = [room - NEURON_GAP, room].map(acrossIn).find((count) => count > 0 && count <= MOST_ACROSS) ?? acrossIn(height);
    const all = room >= cell.height && across * Math.floor(room / cell.height) >= links;
    return { all, across, rows: Math.ceil(links / across) };
  });
}

/** Least distances between the centres of neighbouring columns, px. @param {NetworkLayout} layout @param {LabelGrid[]} grids @param {Cell} cell */
function distances(layout, grids, cell) {
  return grids.map(({ across }, i) => {
    const right = i && hasNeuronLabels(layout, i, cell) ? biasOffset(layout, i, cell) + cell.width : rightOfColumn(layout, i, cell);
    return right + LEAST_LINK + across * (cell.width + cell.gap) - cell.gap + leftOfColumn(layout, i + 1, cell);
  });
}

/** px from a column's centre to the link labels left of it. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
const leftOfColumn = (layout, column, cell) => Math.max(layout.columns[column].width / 2, neuronLabelWidth(cell) / 2 - neuronLabelShift(layout, column, cell)) + GAP;

/** px from a column's centre to the right edge of its tiles and the labels on them. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
const rightOfColumn = (layout, column, cell) => Math.max(layout.columns[column].width / 2, neuronLabelWidth(cell) / 2 + neuronLabelShift(layout, column, cell));

/** px of the label on a tile, its background counted in. @param {Cell} cell */
export const neuronLabelWidth = (cell) => cell.width + cell.size * 0.5;

/** Whether there is room for labels on a column's tiles and for its biases. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
export function hasNeuronLabels({ columns, tile }, column, cell) {
  const { left, width, spacing } = columns[column];
  return width <= tile && (left.length < 2 || spacing >= cell.height);
}

/** Whether a neuron has two lines, one for the label on it and one for its bias. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
function hasTwoLines({ columns }, column, cell) {
  const { left, spacing } = columns[column];
  return column > 0 && column + 1 < columns.length && (left.length < 2 || spacing >= 2 * cell.height);
}

/** px a label is right of its tile's centre: an input has its name at its left, an output its mark at its right. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
function neuronLabelShift({ columns, tile }, column, cell) {
  const over = Math.max(0, (neuronLabelWidth(cell) - tile) / 2);
  if (column === 0) return Math.max(0, over - NAME_GAP);
  return column + 1 === columns.length && columns[column].left.length > 1 ? -over : 0;
}

/** px from a column's centre to its biases. @param {NetworkLayout} layout @param {number} column @param {Cell} cell */
const biasOffset = (layout, column, cell) => Math.max(layout.tile, hasTwoLines(layout, column, cell) ? 0 : neuronLabelWidth(cell)) / 2 + GAP;

/** The centre of the label on a neuron's tile. @param {LabelLayout} labels @param {number} column @param {number} k @returns {Point} */
export function neuronLabelAt({ layout, cell }, column, k) {
  const { center, top } = layout.columns[column];
  return { x: center + neuronLabelShift(layout, column, cell), y: top[k] + layout.tile / 2 - (hasTwoLines(layout, column, cell) ? cell.height / 2 : 0) };
}

/** Whether a column is one neuron, whose numbers need no unit in common. @param {NetworkLayout} layout @param {number} column */
export const isAlone = ({ columns }, column) => column > 0 && columns[column].left.length === 1;

/** Whether the sum of a column's only neuron has room above it: where no labels of many links are beside it. @param {LabelLayout} labels @param {number} column */
export const hasSum = ({ layout, cell, grids }, column) => isAlone(layout, column) && grids[column - 1].rows * cell.height <= layout.tile + cell.height * 0.4;

/** The centre of the label with the sum of a neuron that is alone: above its tile, within the picture. @param {LabelLayout} labels @param {number} column @param {number} width  of the label, px @returns {Point} */
export function sumLabelAt({ layout, cell }, column, width) {
  const { center, top } = layout.columns[column];
  return { x: Math.min(center, layout.width - width / 2), y: top[0] - cell.height * 0.7 };
}

/** The middle of the left edge of a bias's label. @param {LabelLayout} labels @param {number} column @param {number} k @returns {Point} */
export function biasLabelAt({ layout, cell, markWidth }, column, k) {
  const { center, left, top } = layout.columns[column];
  const middle = top[k] + layout.tile / 2;
  if (column + 1 < layout.columns.length) return { x: center + biasOffset(layout, column, cell), y: middle + (hasTwoLines(layout, column, cell) ? cell.height / 2 : 0) };
  if (left.length > 1) return { x: center + layout.tile / 2 + GAP + markWidth, y: middle };
  return { x: center - cell.width / 2, y: top[k] + layout.tile + cell.height * 0.7 };
}

/** The middle of the right edge of a layer's unit (a power of ten), under its labels. @param {LabelLayout} labels @param {number} layer @returns {Point} */
export function unitLabelAt({ layout, cell }, layer) {
  return { x: layout.columns[layer + 1].center - leftOfColumn(layout, layer + 1, cell), y: layout.bottom + cell.size * 0.4 };
}

/** The box of a neuron and the labels of its links. @param {LabelLayout} labels @param {number} column @param {number} k @returns {import('./layout.js').Box} */
export function neuronBox({ layout, cell, grids }, column, k) {
  const { center, width, top } = layout.columns[column];
  const grid = column ? grids[column - 1] : { across: 0, rows: 1 };
  const middle = top[k] + layout.tile / 2;
  const half = Math.max(layout.tile, grid.rows * cell.height) / 2;
  const left = center - (column ? leftOfColumn(layout, column, cell) : width / 2) - grid.across * (cell.width + cell.gap);
  return { left, right: center + Math.max(width, neuronLabelWidth(cell)) / 2, top: middle - half, bottom: middle + half };
}

/**
 * @param {LabelLayout} labels @param {import('./links.js').Links} links
 * @param {DrawnNeuron | null} chosen  the neuron that has its labels in a layer where not all can
 * @returns {LinkLabels}
 */
export function linkLabels({ layout, cell, grids }, links, chosen) {
  /** @type {LinkLabels['backgrounds']} */
  const backgrounds = [];
  const positions = Array.from({ length: links.count }, () => /** @type {Point | null} */ (null));
  grids.forEach(({ all, rows, across }, layer) => {
    const { center, top } = layout.columns[layer + 1];
    const right = center - leftOfColumn(layout, layer + 1, cell);
    const half = (rows * cell.height) / 2;
    const alone = !all || top.length < 2; // no neuron above or below has labels
    const inputs = (links.starts[layer + 1] - links.starts[layer]) / top.length;
    for (let to = 0; to < top.length; to++) {
      if (!all && !(chosen?.layer === layer && chosen.tile === to)) continue;
      const own = top[to] + layout.tile / 2;
      const middle = alone ? Math.max(layout.headHeight + half, Math.min(layout.bottom - half, own)) : own;
      const width = across * (cell.width + cell.gap) - cell.gap + 2 * PADDING;
      backgrounds.push([right + PADDING - width, middle - half, width, 2 * half]);
      for (let i = 0; i < inputs; i++) {
        positions[links.starts[layer] + to * inputs + i] = {
          x: right - (across - 1 - (i % across)) * (cell.width + cell.gap),
          y: middle + (Math.floor(i / across) - (rows - 1) / 2) * cell.height,
        };
      }
    }
  });
  return { positions, backgrounds };
}
