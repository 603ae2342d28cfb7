// @ts-check
// Positions of the handles by which a link's weight is opened. Pure: the same links give the same positions.

import { linkPoint } from './links.js';

const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8]; // of the distance between two columns: the middle is tried first
const FREE_DISTANCE = 15; // px to the nearest other handle at which no better position is looked for
const LARGEST = 14; // px, edge of a handle
const SMALLEST = 5;
const MOST = 144; // links of a layer that all have handles, 12 × 12: of more, each handle would be a pixel

/** @typedef {import('./links.js').Links} Links */
/** @typedef {{link: number, x: number, y: number, size: number}} Handle  x, y: its centre, px */

/** Whether every link of a layer has a handle. @param {Links} links @param {number} layer */
export const allHaveHandles = ({ starts }, layer) => starts[layer + 1] - starts[layer] <= MOST;

/** The links into one neuron. @param {Links} links @param {number} layer @param {number} to */
export function linksInto({ starts, to: ends }, layer, to) {
  const links = [];
  for (let n = starts[layer]; n < starts[layer + 1]; n++) if (ends[n] === to) links.push(n);
  return links;
}

/**
 * For each of some links of one layer a position on it, away from the other handles.
 * @param {Links} links @param {number[]} some
 * @returns {Handle[]}
 */
export function placeHandles(links, some) {
  /** @type {Handle[]} */
  const handles = [];
  const [left, right] = gapOfLayer(links, links.layer[some[0]]);
  for (const link of some) {
    const [x0, , x1] = links.ends.subarray(4 * link, 4 * link + 3);
    let best = { x: 0, y: 0, free: -1 };
    for (const share of SHARES) {
      const [x, y] = linkPoint(links, link, (left + (right - left) * share - x0) / (x1 - x0));
      const free = handles.reduce((least, other) => Math.min(least, Math.max(Math.abs(other.x - x), Math.abs(other.y - y))), FREE_DISTANCE);
      if (free > best.free) best = { x, y, free };
      if (free >= FREE_DISTANCE) break;
    }
    handles.push({ link, x: best.x, y: best.y, size: LARGEST });
  }
  for (const handle of handles) {
    const free = handles.reduce((least, other) => (other === handle ? least : Math.min(least, Math.max(Math.abs(other.x - handle.x), Math.abs(other.y - handle.y)))), LARGEST);
    handle.size = Math.max(SMALLEST, Math.min(LARGEST, free));
  }
  return handles;
}

/** The px between which no tile of the layer's two columns lies. @param {Links} links @param {number} layer */
function gapOfLayer({ starts, ends }, layer) {
  let [left, right] = [-Infinity, Infinity];
  for (let n = starts[layer]; n < starts[layer + 1]; n++) [left, right] = [Math.max(left, ends[4 * n]), Math.min(right, ends[4 * n + 2])];
  return [left, right];
}
