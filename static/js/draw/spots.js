// @ts-check
// Places on a network's drawing for what belongs to a link: where it can be taken hold of, and where its number stands.
// Pure: the same links give the same places.

import { linkPoint } from './links.js';

const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8]; // of the way across, the middle first
const CLEAR = 15; // px to the next place at which none nearer is looked for
const LARGEST = 14; // px of a hold
const SMALLEST = 5;
const MOST = 144; // links of a layer that have holds, 12 × 12: of more, each would be a pixel

/** @typedef {{layer: number, to: number, from: number, x: number, y: number, size: number}} Hold */

/**
 * For each link of a layer that is not too wide a place on it, away from the others'.
 * @param {import('./links.js').Links} links
 * @returns {Hold[]}
 */
export function holdsOf(links) {
  /** @type {Hold[]} */
  const holds = [];
  for (let layer = 0; layer + 1 < links.starts.length; layer++) {
    const [start, end] = [links.starts[layer], links.starts[layer + 1]];
    if (end - start > MOST) continue;
    /** @type {Hold[]} */
    const ofLayer = [];
    for (let n = start; n < end; n++) {
      let best = { x: 0, y: 0, free: -1 };
      for (const share of SHARES) {
        const [x, y] = linkPoint(links, n, share);
        const free = ofLayer.reduce((least, other) => Math.min(least, Math.max(Math.abs(other.x - x), Math.abs(other.y - y))), CLEAR);
        if (free > best.free) best = { x, y, free };
        if (free >= CLEAR) break;
      }
      ofLayer.push({ layer, to: links.to[n], from: links.from[n], x: best.x, y: best.y, size: LARGEST });
    }
    for (const hold of ofLayer) {
      const free = ofLayer.reduce((least, other) => (other === hold ? least : Math.min(least, Math.max(Math.abs(other.x - hold.x), Math.abs(other.y - hold.y)))), LARGEST);
      hold.size = Math.max(SMALLEST, Math.min(LARGEST, free));
    }
    holds.push(...ofLayer);
  }
  return holds;
}

/**
 * Where the numbers of links stand: in rows and columns before the neuron they lead to, in the order of where they come
 * from. null for links of a layer with no room for them.
 * @param {import('./links.js').Links} links
 * @param {import('./layout.js').NetworkLayout} layout
 * @param {{width: number, height: number}} box  of a number, px
 * @param {number[]} chosen  links to have places where not all of a layer can
 * @returns {({x: number, y: number} | null)[]}  the middle of its right edge, for each link
 */
export function figurePlaces(links, layout, box, chosen) {
  const places = Array.from({ length: links.count }, () => /** @type {{x: number, y: number} | null} */ (null));
  for (let layer = 0; layer + 1 < links.starts.length; layer++) {
    const [before, after] = [layout.columns[layer], layout.columns[layer + 1]];
    const widths = after.left.length;
    const all = Array.from({ length: links.starts[layer + 1] - links.starts[layer] }, (_, i) => links.starts[layer] + i);
    const biases = layer ? box.width + 4 : 0; // those of the neurons before stand beside them
    const gap = Math.min(...after.left) - Math.max(...before.left) - layout.tile - 12 - biases;
    const room = widths > 1 ? Math.abs(after.top[1] - after.top[0]) : layout.height - layout.headHeight;
    const staggered = new Set(after.left).size > 1;
    if (!staggered && place(all, Math.floor(gap / (box.width + 4)), room)) continue;
    const own = chosen.filter((n) => links.layer[n] === layer);
    const spread = new Set(own.map((n) => links.to[n])).size > 1;
    if (own.length) place(own, Math.floor(gap / (box.width + 4)), spread ? room : layout.height - layout.headHeight);
  }
  return places;

  /** Gives whether they fit. @param {number[]} some @param {number} columns @param {number} room px from a neuron to the next one */
  function place(some, columns, room) {
    /** @type {Map<number, number[]>} */
    const byTarget = new Map();
    for (const n of some) byTarget.set(links.to[n], [...(byTarget.get(links.to[n]) ?? []), n]);
    const most = Math.max(...[...byTarget.values()].map((list) => list.length));
    const rows = Math.min(most, Math.max(1, Math.floor(room / box.height)));
    const across = Math.ceil(most / rows);
    if (across > columns || across * rows < most || (byTarget.size > 1 && box.height > room)) return false;
    for (const list of byTarget.values()) {
      const down = Math.ceil(list.length / across);
      list.forEach((n, i) => {
        const [, , x1, y1] = links.ends.subarray(4 * n, 4 * n + 4);
        const top = Math.max(down * box.height / 2, Math.min(layout.height - (down * box.height) / 2, y1));
        places[n] = {
          x: x1 - 8 - (across - 1 - (i % across)) * (box.width + 4),
          y: top + (Math.floor(i / across) - (down - 1) / 2) * box.height,
        };
      });
    }
    return true;
  }
}
