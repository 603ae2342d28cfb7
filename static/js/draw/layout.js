// @ts-check
// Where everything of a network's drawing stands. Pure: the same box and shape give the same places.

const SMALLEST = 10; // px of a tile: below that a map is a blot
const COMFORTABLE = 22; // px: a column is staggered where its tiles would be much smaller than this, or than the inputs'
const ENOUGH = 0.8;
const STAGGER = 3; // at most that many tiles beside each other in one layer
const NARROWEST = 3.2; // times the text's size: columns do not come closer, the picture gets wider instead
const LINKS_AT_LEAST = 14; // px between two layers' tiles

/** @typedef {{center: number, width: number, spacing: number, left: Float32Array, top: Float32Array}} Column  left, top: corner of each tile, px */
/**
 * @typedef {object} NetworkLayout
 * @property {number} width   px, at least what was asked for
 * @property {number} height
 * @property {number} tile    px of a tile's edge
 * @property {number} radius  px of a tile's corner
 * @property {number} pitch   px between the middles of two neighbouring columns
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
 * @returns {NetworkLayout}
 */
export function layoutNetwork({ width, height, counts, text, ends = 0, notes = 0 }) {
  const labels = Math.round(text * 3.6); // "sin x₁" and a gap
  const largest = Math.max(text < 16 ? 42 : 52, Math.min(58, height / 9));
  const gaps = counts.length - 1;
  const first = labels + largest / 2;
  const last = largest / 2 + 6 + ends;
  const wide = Math.max(width, first + last + gaps * text * NARROWEST);
  const pitch = (wide - first - last) / gaps;

  const heads = headsFor(pitch, height, text);
  const line = Math.round(text + 13);
  const headHeight = gaps < 2 ? 4 : (heads === 'row' || heads === 'curve' ? line : 2 * line) + 6;

  const room = height - headHeight - notes - 10; // the last 10: a bias dot under the lowest tile
  const comfortable = ENOUGH * Math.min(COMFORTABLE, tileFor(counts[0], 1, room, pitch));
  const staggers = counts.map((count) => staggerOf(count, room, pitch, comfortable)); // inputs never: their names stand beside them
  const tile = Math.round(Math.max(SMALLEST, Math.min(largest, ...counts.map((count, i) => tileFor(count, staggers[i], room, pitch)))));
  const middle = headHeight + Math.max(room, tile) / 2;

  const columns = counts.map((count, i) => {
    const center = first + pitch * i;
    const between = tile + Math.max(4, Math.min(12, tile * 0.3));
    const spacing = count < 2 ? 0 : Math.min(between / staggers[i], (room - tile) / (count - 1));
    const step = tile + 2; // sideways, from one of a staggered column to the next
    const left = new Float32Array(count);
    const top = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      left[k] = center - tile / 2 + ((k % staggers[i]) - (staggers[i] - 1) / 2) * step;
      top[k] = middle - tile / 2 + (k - (count - 1) / 2) * spacing;
    }
    return { center, width: tile + (staggers[i] - 1) * step, spacing, left, top };
  });
  return { width: wide, height, tile, radius: Math.max(2.5, tile * 0.22), pitch, heads, headHeight, columns };
}

/** @param {number} pitch @param {number} height @param {number} text @returns {NetworkLayout['heads']} */
function headsFor(pitch, height, text) {
  if (pitch >= text * 6.8 + 78) return 'row';
  if (pitch >= text * 3 + 72 && height < 290) return 'curve'; // low: a line for the activations' names is better spent on tiles
  return pitch >= text * 6.2 ? 'stack' : 'tight';
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
