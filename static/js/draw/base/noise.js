// @ts-check
// The noise of a loss curve.

const RECENT = 20; // readings

/**
 * The standard deviation of the newest losses around their trend, relative to the loss (0.1: 10 %), estimated from the
 * second differences of ln(loss). An exponential fall has no noise. Null where there are too few losses.
 * @param {(number | null)[]} losses
 */
export function noiseOf(losses) {
  const recent = losses.slice(-RECENT).flatMap((loss) => (loss !== null && loss > 0 && Number.isFinite(loss) ? [Math.log(loss)] : []));
  if (recent.length < 5) return null;
  const curvatures = recent.slice(2).map((value, i) => value - 2 * recent[i + 1] + recent[i]); // second differences; of independent readings their variance is 6σ²
  return Math.sqrt(curvatures.reduce((sum, curvature) => sum + curvature * curvature, 0) / (6 * curvatures.length));
}
