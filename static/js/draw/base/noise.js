// @ts-check
// How restless a loss curve is.

const RECENT = 20; // readings

/**
 * How far the last losses jump about, as a share of themselves: the deviation of ln(loss) that explains how much it
 * bends from reading to reading, 0.1 for 10 %. An even fall has none. Null where there are too few.
 * @param {(number | null)[]} losses
 */
export function noiseOf(losses) {
  const recent = losses.slice(-RECENT).flatMap((loss) => (loss !== null && loss > 0 && Number.isFinite(loss) ? [Math.log(loss)] : []));
  if (recent.length < 5) return null;
  const bends = recent.slice(2).map((value, i) => value - 2 * recent[i + 1] + recent[i]); // variance 6σ² of independent readings
  return Math.sqrt(bends.reduce((sum, bend) => sum + bend * bend, 0) / (6 * bends.length));
}
