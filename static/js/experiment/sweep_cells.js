// @ts-check
// The cells of a sweep as they come, and what the map shows of them. Pure.

/** @typedef {import('../wire/messages.js').StudyMessage} StudyMessage */
/** @typedef {{x: number, y: number, seed: number, steps: number, diverged: boolean} & Record<string, any>} Cell  the numbers of its run by measure */

const COARSEST = 8; // as engine/studies/sweep.py

/** @param {StudyMessage} study */
export function makeCells(study) {
  const { plan } = study;
  const [columns, rows] = [plan.x.values.length, plan.y.values.length];
  /** @type {(Cell | undefined)[]} */
  const cells = new Array(columns * rows);
  let taken = 0;
  return {
    columns,
    rows,
    /** Takes the parts that have come since. @param {any[][]} parts */
    take(parts) {
      for (; taken < parts.length; taken++) {
        const named = Object.fromEntries(plan.columns.map((name, place) => [name, parts[taken][place]]));
        cells[named.row * columns + named.column] = /** @type {Cell} */ ({ ...named, x: named.column, y: named.row });
      }
    },
    count: () => taken,
    /** @param {number} x @param {number} y */
    at: (x, y) => cells[y * columns + x],
    /** The cell that stands here until its own is there: of the coarser map. @param {number} x @param {number} y */
    shownAt(x, y) {
      for (let stride = 1; stride <= COARSEST; stride *= 2) {
        const found = cells[(y - (y % stride)) * columns + x - (x % stride)];
        if (found) return found;
      }
      return undefined;
    },
    known: () => /** @type {Cell[]} */ (cells.filter(Boolean)),
  };
}

/** What the color tells of a run; null where there is none. @param {Cell} cell @param {string} measure @returns {number | null} */
export function valueOf(cell, measure) {
  if (cell.diverged) return null;
  if (measure !== 'gap') return cell[measure];
  return cell.test_loss === null || cell.train_loss === null ? null : cell.test_loss - cell.train_loss;
}

/**
 * The part of a map, a third as wide and as high, in which the border between what is above the line and what is not is
 * longest; null where there is none.
 * @param {{columns: number, rows: number, above: (x: number, y: number) => boolean | null}} map
 * @returns {[{x: number, y: number}, {x: number, y: number}] | null} its lower left and its upper right cell
 */
export function longestBorder({ columns, rows, above }) {
  const [width, height] = [Math.ceil(columns / 3), Math.ceil(rows / 3)];
  const isBorder = (/** @type {number} */ x, /** @type {number} */ y) => (
    Number(x + 1 < columns && above(x, y) !== above(x + 1, y)) + Number(y + 1 < rows && above(x, y) !== above(x, y + 1)));
  const before = Array.from({ length: rows + 1 }, () => Array(columns + 1).fill(0)); // of all cells to the left and below
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) before[y + 1][x + 1] = isBorder(x, y) + before[y][x + 1] + before[y + 1][x] - before[y][x];
  }
  let longest = 0;
  /** @type {[{x: number, y: number}, {x: number, y: number}] | null} */
  let found = null;
  for (let y = 0; y + height <= rows; y++) {
    for (let x = 0; x + width <= columns; x++) {
      const length = before[y + height][x + width] - before[y][x + width] - before[y + height][x] + before[y][x];
      if (length <= longest) continue;
      longest = length;
      found = [{ x, y }, { x: x + width - 1, y: y + height - 1 }];
    }
  }
  return found;
}

/** @param {Cell[]} cells @param {import('../wire/messages.js').SweepPlan} plan @returns {string} */
export function tableOf(cells, plan) {
  const named = [plan.x.knob, plan.y.knob, ...plan.columns.slice(2)];
  const rows = [...cells].sort((a, b) => a.y - b.y || a.x - b.x)
    .map((cell) => [plan.x.values[cell.x], plan.y.values[cell.y], ...plan.columns.slice(2).map((name) => cell[name] ?? '')]);
  return [named, ...rows].map((row) => row.join(',')).join('\n') + '\n';
}

/** Of what the ramp of colors reaches: the middle nine tenths of the values. @param {number[]} values  one at least @returns {[number, number]} */
export function rampRange(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.floor(0.02 * (sorted.length - 1))], sorted[Math.ceil(0.95 * (sorted.length - 1))]];
}

/**
 * From values to 0 … 1 of the ramp, in equal ratios where all are above 0 and spread far.
 * @param {[number, number]} range  of the ramp @returns {(value: number) => number}
 */
export function rampOf([low, high]) {
  const log = low > 0 && high / low > 5;
  const scale = log ? Math.log : (/** @type {number} */ value) => value;
  const span = scale(high) - scale(low);
  return (value) => (span > 0 ? Math.min(1, Math.max(0, (scale(value) - scale(low)) / span)) : 0);
}
