// @ts-check
// Luck: what the runs of many seeds have in common, as bands and bars. Pure.

/** @typedef {import('../wire/messages.js').LuckRun} LuckRun */
/** @typedef {{low: number, quarter: number, median: number, threeQuarters: number, high: number}} Spread */

const SHARES = { low: 0, quarter: 0.25, median: 0.5, threeQuarters: 0.75, high: 1 };

/** What has diverged is worse than all others. @param {LuckRun} run */
export const badness = ({ diverged, test_loss: loss }) => (diverged ? Infinity : loss ?? Infinity);

/** From the best to the worst. @param {LuckRun[]} runs */
export const ranked = (runs) => [...runs].sort((a, b) => badness(a) - badness(b));

/** The run in the middle, of two the better one, as the engine has it. @template T @param {T[]} runs  ranked */
export const middleOf = (runs) => runs[Math.floor((runs.length - 1) / 2)];

/** The spread of the losses at each point of the curves. @param {LuckRun[]} runs @param {number} points @returns {Spread[]} */
export function bandOf(runs, points) {
  return Array.from({ length: points }, (_, point) => {
    const losses = runs.map((run) => lossAt(run, point)).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => losses[Math.floor(share * (losses.length - 1))];
    return /** @type {Spread} */ (Object.fromEntries(Object.entries(SHARES).map(([name, share]) => [name, at(share)])));
  });
}

/** That of a run which a rule has stopped stays. @param {LuckRun} run @param {number} point */
const lossAt = (run, point) => run.curve[point] ?? (run.diverged || !run.curve.length ? Infinity : run.curve[run.curve.length - 1] ?? Infinity);

/**
 * How many runs of each setup end where: counts by setup and bar.
 * @param {(number | null)[][]} values  by setup @param {number} bars
 */
export function histogramOf(values, bars) {
  const known = values.map((ofOne) => /** @type {number[]} */ (ofOne.filter((value) => value !== null)));
  const all = known.flat();
  if (!all.length) return null;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) return { low, high, counts: known.map((ofOne) => [ofOne.length]) };
  const width = (high - low) / bars;
  const counts = known.map((ofOne) => {
    const count = Array(bars).fill(0);
    for (const value of ofOne) count[Math.min(bars - 1, Math.floor((value - low) / width))] += 1;
    return count;
  });
  return { low, high, counts };
}
