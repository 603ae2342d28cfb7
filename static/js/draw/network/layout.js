// @ts-check
// Where everything of a network's drawing stands. Pure: the same box and shape give the same places.

const SMALLEST = 10; // px of a tile: below that a map is a blot
const COMFORTABLE = 22; // px: a column is staggered where its tiles would be much smaller than this, or than the inputs'
const ENOUGH = 0.8;
const STAGGER = 3; // at most that many tiles beside each other in one layer
const NARROWEST = 3.2; // times the text's size: columns do not come closer, the picture gets wider instead
const LOW = 290; // px of height
const LINKS_AT_LEAST = 14; // px between two layers' tiles

/** @typedef {{center: number, width: number, spacing: number, head: number, left: Float32Array, top: Float32Array}} Column
 *   spacing: from a tile to the next one below; head: room for the controls above; left, top: corner of each tile; all px */
/**
 * @typedef {object} NetworkLayout
 * @property {number} width   px, at least what was asked for
 * @property {number} height
 * @property {number} floor   px, under which words may stand
 * @property {number} tile    px of a tile's edge
 * @property {number} radius  px of a tile's corner
 * @property {'row' | 'curve' | 'stack' | 'tight'} heads   how the controls above a column are arranged: all in one line; the
 *   activation as its curve only; in two lines; in two lines and as narrow as can be
 * @property {number} headHeight
 * @property {Column[]} columns  inputs, hidden…, output
 */

/**
 * @param {object} box
 * @param {number} box.width px @param {number} box.height px, controls above the columns included
 * @param {number} [box.ends] px kept at the right of the outputs for their marks @param {number} [box.notes] px kept under the columns for words
 * @param {number[]} box.counts tiles of each column: every input that can be chosen, hidden…, outputs
 * @param {number} box.text px of the text
 * @param {number[]} [box.apart] px that the middles of each two neighbouring columns have between them at least
 * @returns {NetworkLayout}
 */
export function layoutNetwork({ width, height, counts, text, ends = 0, notes = 0, apart = [] }) {
  const labels = Math.round(text * 3.6); // "sin x₁" and a gap
  const largest = text < 16 ? Math.max(42, Math.min(58, height / 9)) : Math.max(52, Math.min(84, height / 7));
  const gaps = counts.length - 1;
  const first = labels + largest / 2;
  const last = largest / 2 + 6 + ends;
  const least = Array.from({ length: gaps }, (_, i) => Math.max(text * NARROWEST, apart[i] ?? 0));
  const wide = Math.max(width, first + last + least.reduce((sum, px) => sum + px, 0));
  const pitches = sharedOut(wide - first - last, least);
  const pitch = Math.min(...pitches);
  const centers = [first];
  for (const px of pitches) centers.push(centers[centers.length - 1] + px);
  // over the inputs stands but a mark, over the outputs nothing
  const rooms = counts.map((_, i) => 2 * Math.min(i > 1 ? pitches[i - 1] / 2 : pitches[0] - text, i + 1 < gaps ? pitches[i] / 2 : pitches[gaps - 1]));

  const heads = headsFor(Math.min(...rooms.slice(1, -1)), height < LOW || apart.length > 0, text);
  const line = Math.round(text + 13);
  const mark = text + 8; // over the inputs stands the mark of a restart
  const headHeight = gaps < 2 ? mark : (heads === 'row' || heads === 'curve' ? line : 2 * line) + 6;

  const room = height - headHeight - notes - 10; // the last 10: a bias dot under the lowest tile
  const comfortable = ENOUGH * Math.min(COMFORTABLE, tileFor(counts[0], 1, room, pitch));
  const staggers = counts.map((count) => staggerOf(count, room, pitch, comfortable)); // inputs never: their names stand beside them
  const tile = Math.round(Math.max(SMALLEST, Math.min(largest, ...counts.map((count, i) => tileFor(count, staggers[i], room, pitch)))));
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
    return { center, width: tile + (staggers[i] - 1) * step, spacing, head: rooms[i], left, top };
  });
  return { width: wide, height, floor: height - notes, tile, radius: Math.max(2.5, tile * 0.22), heads, headHeight, columns };
}

/** A room shared out among gaps, the narrowest first, so that they are as even as what each needs allows. @param {number} room @param {number[]} least px */
function sharedOut(room, least) {
  let [rest, count] = [room, least.length];
  for (const px of [...least].sort((a, b) => b - a)) {
    if (px <= rest / count) break;
    rest -= px;
    count--;
  }
  return least.map((px) => Math.max(px, count ? rest / count : 0));
}

/** @param {number} room px above a layer @param {boolean} low  a line for the activations' names is better spent on what is below @param {number} text @returns {NetworkLayout['heads']} */
function headsFor(room, low, text) {
  if (room >= text * 6.8 + 78) return 'row';
  if (room >= text * 3 + 72 && low) return 'curve';
  return room >= text * 6.2 ? 'stack' : 'tight';
}

/** The fewest tiles side by side that leave them a comfortable size. @param {number} count @param {number} room @param {number} pitch @param {number} comfortable */
function staggerOf(count, room, pitch, comfortable) {
  let stagger = 1;
  while (stagger < STAGGER && tileFor(count, stagger, room, pitch) < comfortable) {
    if (tileFor(count, stagger + 1, room, pitch) <= tileFor(count, stagger, room, pitch)) break;
    stagger++;
  }
  return stagger;
}

/** The largest tile at which a column of `count`, `stagger` beside each other, fits. @param {number} count @param {number} stagger @param {number} room @param {number} pitch */
function tileFor(count, stagger, room, pitch) {
  const across = (pitch - LINKS_AT_LEAST) / stagger - 2;
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
