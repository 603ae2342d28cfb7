// @ts-check
// Points while they are drawn: every change makes a new list, so that each can be taken back. Knows nothing of screens.

/** @typedef {[number, number, number]} OwnPoint  x1, x2 within −6 … 6, and the number of its class or its value */

export const MOST = 2000; // as the Spec has it
const EDGE = 6;
const KEPT = 200; // changes that can be taken back
const DIGITS = 1000; // a thousandth is finer than any screen

/** @param {number} value */
const within = (value) => Math.round(Math.min(EDGE, Math.max(-EDGE, value)) * DIGITS) / DIGITS;

/** @param {OwnPoint[]} points */
export function createEdits(points) {
  let now = points;
  /** @type {OwnPoint[][]} */
  let past = [];
  /** @type {OwnPoint[][]} */
  let future = [];
  let stroke = false; // within one, all changes are taken back at once
  let kept = false;

  /** @param {OwnPoint[]} next */
  function change(next) {
    if (!stroke || !kept) past = [...past, now].slice(-KEPT);
    kept = stroke;
    future = [];
    now = next;
  }

  return {
    get points() { return now; },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    begin() { [stroke, kept] = [true, false]; },
    end() { [stroke, kept] = [false, false]; },

    /** @param {number} x1 @param {number} x2 @param {number} label @returns {boolean} whether there was room */
    add(x1, x2, label) {
      if (now.length >= MOST) return false;
      change([...now, [within(x1), within(x2), label]]);
      return true;
    },
    /** @param {number} index @param {number} x1 @param {number} x2 */
    move(index, x1, x2) {
      change(now.map((point, i) => (i === index ? [within(x1), within(x2), point[2]] : point)));
    },
    /** All within a reach. @param {number} x1 @param {number} x2 @param {number} reach in coordinates */
    erase(x1, x2, reach) {
      const left = now.filter((point) => Math.hypot(point[0] - x1, point[1] - x2) > reach);
      if (left.length < now.length) change(left);
    },
    clear() {
      if (now.length) change([]);
    },
    undo() {
      const before = past.at(-1);
      if (!before) return;
      future = [now, ...future];
      past = past.slice(0, -1);
      now = before;
    },
    redo() {
      const [after, ...rest] = future;
      if (!after) return;
      past = [...past, now];
      future = rest;
      now = after;
    },
    /** The nearest within a reach, −1: none. @param {number} x1 @param {number} x2 @param {number} reach */
    nearest(x1, x2, reach) {
      let [found, least] = [-1, reach];
      now.forEach((point, i) => {
        const distance = Math.hypot(point[0] - x1, point[1] - x2);
        if (distance <= least) [found, least] = [i, distance];
      });
      return found;
    },
  };
}

/**
 * A data set's points as points of one's own; those outside the plane and those beyond the limit are left out.
 * @param {{train: number[][], test: number[][]}} points @param {number} classes  0: values; 2: targets are ±1
 * @returns {{points: OwnPoint[], left: number}}
 */
export function asOwn({ train, test }, classes) {
  const all = [...train, ...test];
  const inside = all.filter(([x1, x2]) => Math.max(Math.abs(x1), Math.abs(x2)) <= EDGE).slice(0, MOST);
  const label = (/** @type {number} */ target) => (classes === 2 ? Number(target > 0) : target);
  return { points: inside.map(([x1, x2, target]) => [within(x1), within(x2), label(target)]), left: all.length - inside.length };
}

/** What these points lack to be trained on; empty: nothing. @param {OwnPoint[]} points @param {boolean} values */
export function lacking(points, values) {
  if (!points.length) return 'none';
  if (!values && new Set(points.map(([, , label]) => label)).size < 2) return 'one_class';
  return '';
}
