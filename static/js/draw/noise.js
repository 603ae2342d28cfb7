// @ts-check
// How restless a loss curve is.

const RECENT = 20; // readings

/**
 * How far the last losses lie off an even fall or rise, as a share of themselves: the deviation of ln(loss) from a
 * straight line, 0.1 for 10 %. Null where there are too few.
 * @param {(number | null)[]} losses
 */
export function noiseOf(losses) {
  const recent = losses.slice(-RECENT).flatMap((loss) => (loss !== null && loss > 0 && Number.isFinite(loss) ? [Math.log(loss)] : []));
  const count = recent.length;
  if (count < 5) return null;
  const mean = recent.reduce((sum, value) => sum + value, 0) / count;
  const middle = (count - 1) / 2;
  const spread = recent.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = recent.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0) / spread;
  const rest = recent.reduce((sum, value, i) => sum + (value - mean - slope * (i - middle)) ** 2, 0);
  return Math.sqrt(rest / count);
}
