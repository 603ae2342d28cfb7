// @ts-check
// The points of a drawn data set with undo and redo: every change makes a new list. Pure, without DOM.

import { WIDE, isOutside } from '../../draw/plane/plane.js';

/** @typedef {[number, number, number]} DrawnPoint  x1, x2 within −6 … 6, and the number of its class or its value */
/** @typedef {ReturnType<typeof createPointHistory>} PointHistory */

const MAX_UNDO = 200; // changes
const DIGITS = 1000; // coordinates are rounded to a thousandth, finer than any screen

/** @param {number} coordinate */
const clamp = (coordinate) => Math.round(Math.min(WIDE.high, Math.max(WIDE.low, coordinate)) * DIGITS) / DIGITS;

/** @param {DrawnPoint[]} initial @param {number} most  points there can be */
export function createPointHistory(initial, most) {
  let points = initial;
  /** @type {DrawnPoint[][]} */
  let past = [];
  /** @type {DrawnPoint[][]} */
  let future = [];
  let inStroke = false; // all changes of a stroke are undone at once
  let strokeSaved = false;

  /** @param {DrawnPoint[]} next */
  function change(next) {
    if (!inStroke || !strokeSaved) past = [...past, points].slice(-MAX_UNDO);
    strokeSaved = inStroke;
    future = [];
    points = next;
  }

  return {
    most, initial,
    get points() { return points; },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    beginStroke() { [inStroke, strokeSaved] = [true, false]; },
    endStroke() { [inStroke, strokeSaved] = [false, false]; },

    /** @param {number} x1 @param {number} x2 @param {number} label @returns {boolean} whether there was room */
    add(x1, x2, label) {
      if (points.length >= most) return false;
      change([...points, [clamp(x1), clamp(x2), label]]);
      return true;
    },
    /** @param {number} index @param {number} x1 @param {number} x2 */
    move(index, x1, x2) {
      change(points.map((point, i) => (i === index ? [clamp(x1), clamp(x2), point[2]] : point)));
    },
    /** Removes all points within a radius. @param {number} x1 @param {number} x2 @param {number} radius in coordinates */
    erase(x1, x2, radius) {
      const left = points.filter((point) => Math.hypot(point[0] - x1, point[1] - x2) > radius);
      if (left.length < points.length) change(left);
    },
    clear() {
      if (points.length) change([]);
    },
    undo() {
      const before = past.at(-1);
      if (!before) return;
      future = [points, ...future];
      past = past.slice(0, -1);
      points = before;
    },
    redo() {
      const [after, ...rest] = future;
      if (!after) return;
      past = [...past, points];
      future = rest;
      points = after;
    },
  };
}

/** Index of the nearest point within a radius, −1 if there is none. @param {DrawnPoint[]} points @param {number} x1 @param {number} x2 @param {number} radius in coordinates */
export function nearestIndex(points, x1, x2, radius) {
  let [nearest, least] = [-1, radius];
  points.forEach((point, i) => {
    const distance = Math.hypot(point[0] - x1, point[1] - x2);
    if (distance <= least) [nearest, least] = [i, distance];
  });
  return nearest;
}

/**
 * The points of a data set as drawn points; those outside the plane and those beyond the limit are left out.
 * @param {{train: number[][], test: number[][]}} points @param {number} classes  0: values; 2: targets are ±1
 * @param {number} most  points there can be
 * @returns {{points: DrawnPoint[], omitted: number}}
 */
export function toDrawnPoints({ train, test }, classes, most) {
  const all = [...train, ...test];
  const inside = all.filter(([x1, x2]) => !isOutside([x1, x2])).slice(0, most);
  const label = (/** @type {number} */ target) => (classes === 2 ? Number(target > 0) : target);
  return { points: inside.map(([x1, x2, target]) => [clamp(x1), clamp(x2), label(target)]), omitted: all.length - inside.length };
}

/** Why these points cannot be trained on: no points, or one class only; '' if they can. @param {DrawnPoint[]} points @param {boolean} values */
export function whyUntrainable(points, values) {
  if (!points.length) return 'none';
  if (!values && new Set(points.map(([, , label]) => label)).size < 2) return 'one_class';
  return '';
}

/** The names of the file that the points began as, while half of them are its points. @param {{history: PointHistory, names: string[]}} drawing */
export function namesNow({ history: { initial, points }, names }) {
  const ofFile = new Set(initial);
  return 2 * points.filter((point) => ofFile.has(point)).length >= points.length ? names : [];
}
