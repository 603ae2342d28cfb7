// @ts-check
// The gradient river: a band under the network, as high as the logarithm of each layer's ‖∂L/∂W‖.

const LEAST_NORM = 1e-5; // at and below it the river is a hairline
const MOST_NORM = 1; // at and above it the river has its full height
const HAIRLINE = 1; // px

/** Height for a norm as a share of the full height, 0 … 1, by its power of ten. @param {number} norm */
export function riverLevel(norm) {
  if (!(norm > LEAST_NORM)) return 0;
  return Math.min(1, Math.log10(norm / LEAST_NORM) / Math.log10(MOST_NORM / LEAST_NORM));
}

/**
 * Slopes of a smooth curve through points that never overshoots them: monotone cubic interpolation
 * (Fritsch and Carlson 1980, with the slopes of Steffen 1990).
 * @param {number[]} xs rising @param {number[]} ys @returns {number[]} the slope at each point
 */
export function monotoneSlopes(xs, ys) {
  const secant = (/** @type {number} */ i) => (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]);
  return xs.map((_, i) => {
    if (i === 0 || i === xs.length - 1) return 0; // horizontal at both ends of the river
    const [before, after] = [secant(i - 1), secant(i)];
    if (before * after <= 0) return 0;
    const [left, right] = [xs[i] - xs[i - 1], xs[i + 1] - xs[i]];
    const mean = (before * right + after * left) / (left + right);
    return Math.sign(mean) * Math.min(Math.abs(mean), 2 * Math.abs(before), 2 * Math.abs(after));
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {object} river
 * @param {number[]} river.xs      px: the inputs' end, the middle of each layer's links, the output's end
 * @param {number[]} river.norms   one for each layer
 * @param {number} river.top @param {number} river.height   px, at full height
 * @param {number} river.offset    px the arrows have moved to the left
 * @param {import('../base/palette.js').Palette} palette
 */
export function paintRiver(context, { xs, norms, top, height, offset }, palette) {
  const levels = [norms[0], ...norms, norms[norms.length - 1]].map(riverLevel);
  const halves = levels.map((level) => Math.max(HAIRLINE, level * height) / 2);
  const slopes = monotoneSlopes(xs, halves);
  const middle = top + height / 2;
  const band = new Path2D();
  band.moveTo(xs[0], middle - halves[0]);
  side(1);
  band.lineTo(xs[xs.length - 1], middle + halves[xs.length - 1]);
  side(-1);
  band.closePath();

  context.save();
  context.strokeStyle = palette.line; // dotted: the full height
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  context.beginPath();
  for (const y of [top, top + height]) {
    context.moveTo(xs[0], y);
    context.lineTo(xs[xs.length - 1], y);
  }
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = palette.back;
  context.globalAlpha = 0.9;
  context.fill(band);
  context.clip(band);
  context.globalAlpha = 0.42;
  context.strokeStyle = palette.panel;
  context.lineWidth = 1.6 * palette.link;
  context.lineJoin = 'round';
  context.beginPath();
  const step = 34 * palette.link;
  const arm = 5 * palette.link;
  for (let x = xs[xs.length - 1] - (offset % step); x > xs[0]; x -= step) {
    context.moveTo(x, middle - arm);
    context.lineTo(x - arm, middle);
    context.lineTo(x, middle + arm);
  }
  context.stroke();
  context.restore();

  /** The upper edge to the right, or the lower edge back to the left. @param {1 | -1} direction */
  function side(direction) {
    const last = xs.length - 1;
    for (let n = 0; n < last; n++) {
      const i = direction > 0 ? n : last - n;
      const j = i + direction;
      const third = (xs[j] - xs[i]) / 3;
      const y = (/** @type {number} */ half) => middle - direction * half;
      band.bezierCurveTo(xs[i] + third, y(halves[i] + slopes[i] * third), xs[j] - third, y(halves[j] - slopes[j] * third), xs[j], y(halves[j]));
    }
  }
}
