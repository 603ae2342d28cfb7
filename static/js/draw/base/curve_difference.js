// @ts-check
// Two curves held against each other, step by step. Pure.

/** @typedef {{steps: number[], losses: (number | null)[]}} Curve */
/** @typedef {{step: number, losses: number[]}} CommonStep  one loss of each curve */
/** @typedef {{size: number, step: number, count: number}} CurveDifference  the largest one, its step, and of how many steps */

const toldLoss = Math.fround; // a frame has a loss as a float32, and an entry of a curve more digits

/** With all digits that a float32 has. @param {number} loss */
export const formatExact = (loss) => toldLoss(loss).toPrecision(9);

/** The steps at which all curves have a finite loss. @param {Curve[]} curves @returns {CommonStep[]} */
export function commonSteps([first, ...others]) {
  const places = others.map(() => 0);
  return first.steps.flatMap((step, i) => {
    const losses = [first.losses[i], ...others.map((curve, k) => {
      while (curve.steps[places[k]] < step) places[k] += 1;
      return curve.steps[places[k]] === step ? curve.losses[places[k]] : null;
    })];
    return losses.every((loss) => loss !== null && Number.isFinite(loss)) ? [{ step, losses: losses.map((loss) => toldLoss(/** @type {number} */ (loss))) }] : [];
  });
}

/** @param {Curve} one @param {Curve} other @returns {CurveDifference | null} null where they have no step in common */
export function largestDifference(one, other) {
  const steps = commonSteps([one, other]);
  /** @type {CurveDifference | null} */
  let largest = null;
  for (const { step, losses: [a, b] } of steps) {
    const size = Math.abs(a - b);
    if (!largest || size > largest.size) largest = { size, step, count: steps.length };
  }
  return largest;
}
