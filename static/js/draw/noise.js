// @ts-check
// How restless a loss curve is.

const RECENT = 20; // readings that tell how restless a loss is

/**
 * How far the last losses lie off a straight line through them, as a share of their mean; null where there are too few.
 * @param {(number | null)[]} losses
 */
export function noiseOf(losses) {
  const recent = /** @type {number[]} */ (losses.slice(-RECENT).filter((loss) => loss !== null && Number.isFinite(loss)));
  const count = recent.length;
  if (count < 5) return null;
  const mean = recent.reduce((sum, loss) => sum + loss, 0) / count;
  const middle = (count - 1) / 2;
  const spread = recent.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = recent.reduce((sum, loss, i) => sum + (i - middle) * (loss - mean), 0) / spread;
  const rest = recent.reduce((sum, loss, i) => sum + (loss - mean - slope * (i - middle)) ** 2, 0);
  return mean > 0 ? Math.sqrt(rest / count) / mean : 0;
}
