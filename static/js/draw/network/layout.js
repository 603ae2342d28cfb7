// @ts-check
// Positions of a network drawing: its columns, and the tile of each neuron. Pure: the same box and shape give the same
// layout.

const SMALLEST_TILE = 10; // px of an edge: a heat map cannot be read below it
const COMFORTABLE_TILE = 22; // px: a column is staggered where its tiles would be much smaller than this, or than the inputs'
const COMFORTABLE_SHARE = 0.8; // what "much smaller" is
const MOST_STAGGERED = 3; // tiles side by side in one layer
const LEAST_DISTANCE = 3.2; // text sizes between the centres of two columns: the picture gets wider instead of tighter
const LEAST_DISTANCE_BARE = 2.9; // where no controls are above them
const LOW_HEIGHT = 290; // px
const BARE_TOP = 6; // px above the columns, where no controls are
const LEAST_LINK = 14; // px between the tiles of two layers

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box  px */
/** @typedef {{center: number, width: number, spacing: number, headWidth: number, left: Float32Array, top: Float32Array}} Column
 *   spacing: from a tile to the next one below; headWidth: room for the controls above; left, top: corner of each tile; all px */
/**
 * @typedef {object} NetworkLayout
 * @property {number} width   px, at least what was asked for
 * @property {number} height
 * @property {number} bottom  px: text under the columns begins here
 * @property {number} tile    px of a tile's edge
 * @property {number} radius  px of a tile's corner
 * @property {'row' | 'curve' | 'stack' | 'tight'} headStyle   how the controls above a column are arranged: in one line; in one line
 *   with the activation as its curve only; in two lines; in two lines as narrow as possible
 * @property {number} headHeight  px
 * @property {Column[]} columns  inputs, hidden…, output
 */

/**
 * @param {object} box
 * @param {number} box.width px @param {number} box.height px, controls above the columns included
 * @param {number[]} box.counts tiles of each column: every input that can be chosen, hidden…, outputs
 * @param {number} box.text px, size of the text
 * @param {number} [box.markWidth] px kept at the right of the outputs for their marks
 * @param {number} [box.noteHeight] px kept under the columns for text
 * @param {boolean} [box.headed] whether there are controls above the columns
 * @param {number[]} [box.distances] px, least distance between the centres of each two neighbouring columns
 * @returns {NetworkLayout}
 */
export function layoutNetwork({ width, height, counts, text, markWidth = 0, noteHeight = 0, headed = true, distances = [] }) {
  const nameWidth = Math.round(text * 3.6); // "sin x₁" and a gap
  const largest = text < 16 ? Math.max(42, Math.min(58, height / 9)) : Math.max(52, Math.min(Math.max(84, height / 9), height / 7));
  const gaps = counts.length - 1;
  const first = nameWidth + largest / 2;
  const last = largest / 2 + 6 + markWidth;
  const least = Array.from({ length: gaps }, (_, i) => Math.max(text * (headed ? LEAST_DISTANCE : LEAST_DISTANCE_BARE), distances[i] ?? 0));
  const wide = Math.max(width, first + last + least.reduce((sum, px) => sum + px, 0));
  const pitches = distribute(wide - first - last, least);
  const pitch = Math.min(...pitches);
  const centers = [first];
  for (const px of pitches) centers.push(centers[centers.length - 1] + px);
  // the inputs have only the restart mark above them, the outputs nothing
  const headWidths = counts.map((_, i) => 2 * Math.min(i > 1 ? pitches[i - 1] / 2 : pitches[0] - text, i + 1 < gaps ? pitches[i] / 2 : pitches[gaps - 1]));

  const headStyle = headStyleFor(Math.min(...headWidths.slice(1, -1)), height < LOW_HEIGHT || distances.length > 0, text);
  const line = Math.round(text + 13);
  const restartMark = text + 8; // above the inputs
  const headHeight = !headed ? BARE_TOP : gaps < 2 ? restartMark : (headStyle === 'row' || headStyle === 'curve' ? line : 2 * line) + 6;

  const room = height - headHeight - noteHeight - 10; // the last 10: a bias dot under the lowest tile
  const comfortable = COMFORTABLE_SHARE * Math.min(COMFORTABLE_TILE, tileFor(counts[0], 1, room, pitch));
  const staggers = counts.map((count) => staggerOf(count, room, pitch, comfortable)); // never the inputs: their names are beside them
  const tile = Math.round(Math.max(SMALLEST_TILE, Math.min(largest, ...counts.map((count, i) => tileFor(count, staggers[i], room, pitch)))));
  const middle = headHeight + Math.max(room, tile) / 2;

  const columns = counts.map((count, i) => {
    const center = centers[i];
    const between = tile + Math.max(4, Math.min(12, tile * 0.3));
    const spacing = count < 2 ? 0 : Math.min(between / staggers[i], (room - tile) / (count - 1));
    const step = tile + 2; // sideways, from one of a staggered column to the next
    const left = new Float32Array(count);
    const top = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      left[k] = center - tile / 2 + ((k % staggers[i]) - (staggers[i] - 1) / 2) * step;
      top[k] = middle - tile / 2 + (k - (count - 1) / 2) * spacing;
    }
    return { center, width: tile + (staggers[i] - 1) * step, spacing, headWidth: headWidths[i], left, top };
  });
  return { width: wide, height, bottom: height - noteHeight, tile, radius: Math.max(2.5, tile * 0.22), headStyle, headHeight, columns };
}

/** Divides a width among gaps as evenly as the least width of each allows. @param {number} room px @param {number[]} least px */
function distribute(room, least) {
  let [rest, count] = [room, least.length];
  for (const px of [...least].sort((a, b) => b - a)) {
    if (px <= rest / count) break;
    rest -= px;
    count--;
  }
  return least.map((px) => Math.max(px, count ? rest / count : 0));
}

/** @param {number} room px above a layer @param {boolean} low  the columns need the height of a second line @param {number} text px @returns {NetworkLayout['headStyle']} */
function headStyleFor(room, low, text) {
  if (room >= text * 6.8 + 78) return 'row';
  if (room >= text * 3 + 72 && low) return 'curve';
  return room >= text * 6.2 ? 'stack' : 'tight';
}

/** The fewest tiles side by side that leave them a comfortable size. @param {number} count @param {number} room @param {number} pitch @param {number} comfortable */
function staggerOf(count, room, pitch, comfortable) {
  let stagger = 1;
  while (stagger < MOST_STAGGERED && tileFor(count, stagger, room, pitch) < comfortable) {
    if (tileFor(count, stagger + 1, room, pitch) <= tileFor(count, stagger, room, pitch)) break;
    stagger++;
  }
  return stagger;
}

/** The largest tile with which a column of `count` tiles, `stagger` side by side, fits. @param {number} count @param {number} stagger @param {number} room @param {number} pitch */
function tileFor(count, stagger, room, pitch) {
  const across = (pitch - LEAST_LINK) / stagger - 2;
  if (count < 2) return Math.min(room, across);
  // stagger·spacing ≥ tile + gap with spacing = (room − tile)/(count − 1)
  const gap = 3;
  const down = ((stagger * room) / (count - 1) - gap) / (1 + stagger / (count - 1));
  return Math.min(down, across);
}

/**
 * The tile at a place, if any.
 * @param {NetworkLayout} layout @param {number} x @param {number} y @returns {{column: number, index: number} | null}
 */
export function tileAt(layout, x, y) {
  for (let column = 0; column < layout.columns.length; column++) {
    const { left, top } = layout.columns[column];
    for (let index = 0; index < left.length; index++) {
      if (x >= left[index] && x <= left[index] + layout.tile && y >= top[index] && y <= top[index] + layout.tile) return { column, index };
    }
  }
  return null;
}

/** @param {NetworkLayout} layout @param {number} column @param {number} index @returns {Box} */
export function tileBox({ columns, tile }, column, index) {
  const { left, top } = columns[column];
  return { left: left[index], right: left[index] + tile, top: top[index], bottom: top[index] + tile };
}

/** px: the middle between each two columns, where a layer's links are. @param {NetworkLayout} layout */
export const layerCenters = ({ columns }) => columns.slice(1).map(({ center }, i) => (center + columns[i].center) / 2);
