// @ts-check
// Places on a network's drawing where links can be taken hold of. Pure: the same links give the same places.

import { linkPoint } from './links.js';

const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8]; // of the way across, the middle first
const CLEAR = 15; // px to the next place at which none nearer is looked for
const LARGEST = 14; // px of a hold
const SMALLEST = 5;
const MOST = 144; // links of a layer that all have holds, 12 × 12: of more, each would be a pixel

/** @typedef {{link: number, x: number, y: number, size: number}} Hold  x, y: its middle, px */

/** Whether every link of a layer has a hold. @param {import('./links.js').Links} links @param {number} layer */
export const allHeld = ({ starts }, layer) => starts[layer + 1] - starts[layer] <= MOST;

/** The links into one neuron. @param {import('./links.js').Links} links @param {number} layer @param {number} to */
export function linksInto({ starts, to: ends }, layer, to) {
  const links = [];
  for (let n = starts[layer]; n < starts[layer + 1]; n++) if (ends[n] === to) links.push(n);
  return links;
}

/**
 * For each of some links of one layer a place on it, away from the others'.
 * @param {import('./links.js').Links} links @param {number[]} some
 * @returns {Hold[]}
 */
export function holdsOf(links, some) {
  /** @type {Hold[]} */
  const holds = [];
  const [left, right] = clearing(links, links.layer[some[0]]);
  for (const link of some) {
    const [x0, , x1] = links.ends.subarray(4 * link, 4 * link + 3);
    let best = { x: 0, y: 0, free: -1 };
    for (const share of SHARES) {
      const [x, y] = linkPoint(links, link, (left + (right - left) * share - x0) / (x1 - x0));
      const free = holds.reduce((least, other) => Math.min(least, Math.max(Math.abs(other.x - x), Math.abs(other.y - y))), CLEAR);
      if (free > best.free) best = { x, y, free };
      if (free >= CLEAR) break;
    }
    holds.push({ link, x: best.x, y: best.y, size: LARGEST });
  }
  for (const hold of holds) {
    const free = holds.reduce((least, other) => (other === hold ? least : Math.min(least, Math.max(Math.abs(other.x - hold.x), Math.abs(other.y - hold.y)))), LARGEST);
    hold.size = Math.max(SMALLEST, Math.min(LARGEST, free));
  }
  return holds;
}

/** Between which px no tile stands. @param {import('./links.js').Links} links @param {number} layer */
function clearing({ starts, ends }, layer) {
  let [left, right] = [-Infinity, Infinity];
  for (let n = starts[layer]; n < starts[layer + 1]; n++) [left, right] = [Math.max(left, ends[4 * n]), Math.min(right, ends[4 * n + 2])];
  return [left, right];
}
