// @ts-check
// The point under the pointer, and what a click on it opens.

import { toPixels } from '../../draw/plane/plane.js';
import { readPlaneContents } from './plane_contents.js';

const REACH = { mouse: 8, finger: 12 }; // px from the pointer within which a point is found

/** @typedef {import('../../core/store.js').Store} Store */

/** The point shown nearest to a place. @param {Store} store @param {[number, number]} place px @param {number} size px of the picture @param {boolean} [byFinger] */
export function nearestPoint(store, [x, y], size, byFinger = false) {
  const { train, test, extent } = readPlaneContents(store);
  let nearest = null;
  let least = byFinger ? REACH.finger : REACH.mouse;
  for (const point of [...train, ...(store.get('testPoints') ? test : [])]) {
    const [px, py] = toPixels(point[0], point[1], size, extent);
    const distance = Math.hypot(px - x, py - y);
    if (distance < least) [nearest, least] = [point, distance];
  }
  return nearest;
}

/** Inspects a training point, or follows it in slow motion. @param {Store} store @param {import('./plane_contents.js').Point | null} point */
export function openPoint(store, point) {
  const { output, draft, train } = readPlaneContents(store);
  if (draft || !output?.plane) return;
  const index = point ? train.indexOf(point) : -1;
  const phase = store.get('phase');
  if (index >= 0 && phase?.batch.includes(index)) store.set({ sample: phase.batch.indexOf(index) });
  else if (index >= 0) store.set({ inspected: { kind: 'point', layer: 0, index, source: 0 } });
  else if (point) store.set({ message: { kind: 'notice', key: 'boundary.test_point' } });
}
