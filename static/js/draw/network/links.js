// @ts-check
// Links between neurons: their curves, their strength by weight, gradient or update, painting them and finding the one
// under the pointer.

import { cssColor } from '../base/palette.js';

const BEND = 0.45; // share of the horizontal distance at which a curve has its control points
const LEVELS = 14; // line widths; links of one width and sign are painted as one path
const MOST = 700; // links painted: of more only the strongest, over an area that stands for all of them
const AREA_OPACITY = 0.07;
const BINS = 4 * LEVELS; // by emphasis, level and sign
const WEIGHT_SCALE = 1.2; // a weight of this size has 63 % of full strength: most trained weights lie within ±4
const DECADES = 3; // gradients and updates: strength 0 is this many powers of ten below the largest

/**
 * Links in the order of the flat weights: layer by layer, by output, then by input.
 * @typedef {object} Links
 * @property {number} count
 * @property {Float32Array} ends     x0, y0, x1, y1 of each, px
 * @property {Int32Array} layer  @property {Int32Array} from  @property {Int32Array} to
 *   linear layer; index of the input among those in use, or of the neuron before; index of the neuron after
 * @property {Int32Array} starts   the first link of each layer, then the count
 * @property {Float32Array} strength  −1 … 1, filled by `setStrengths`
 * @property {Path2D} area   between the columns, where links are
 * @property {Int32Array} order  @property {Int32Array} bins  @property {Uint8Array} binOf  @property {Float32Array} sizes   working arrays of `paintLinks`
 */

/**
 * @param {import('./layout.js').NetworkLayout} layout
 * @param {number[]} used  rows of the inputs in use
 * @returns {Links}
 */
export function makeLinks(layout, used) {
  const { columns, tile } = layout;
  const widths = columns.map((column, i) => (i ? column.left.length : used.length));
  const count = widths.slice(1).reduce((sum, width, i) => sum + width * widths[i], 0);
  const links = {
    count,
    ends: new Float32Array(4 * count),
    layer: new Int32Array(count),
    from: new Int32Array(count),
    to: new Int32Array(count),
    starts: new Int32Array(columns.length),
    strength: new Float32Array(count),
    order: new Int32Array(count),
    bins: new Int32Array(BINS + 1),
    binOf: new Uint8Array(count),
    sizes: new Float32Array(count),
    area: new Path2D(),
  };
  let n = 0;
  for (let layer = 0; layer + 1 < columns.length; layer++) {
    const [before, after] = [columns[layer], columns[layer + 1]];
    links.starts[layer] = n;
    traceArea(links.area, before, after, tile);
    for (let to = 0; to < widths[layer + 1]; to++) {
      for (let from = 0; from < widths[layer]; from++, n++) {
        const row = layer ? from : used[from];
        links.ends.set([before.left[row] + tile, before.top[row] + tile / 2, after.left[to], after.top[to] + tile / 2], 4 * n);
        links.layer[n] = layer;
        links.from[n] = from;
        links.to[n] = to;
      }
    }
  }
  links.starts[columns.length - 1] = n;
  return links;
}

/** The area between two columns. @param {Path2D} area @param {import('./layout.js').Column} before @param {import('./layout.js').Column} after @param {number} tile */
function traceArea(area, before, after, tile) {
  const [x0, x1] = [before.center, after.center];
  const bend = (x1 - x0) * BEND;
  const [top0, top1] = [before.top[0], after.top[0]];
  const [bottom0, bottom1] = [(before.top.at(-1) ?? 0) + tile, (after.top.at(-1) ?? 0) + tile];
  area.moveTo(x0, top0);
  area.bezierCurveTo(x0 + bend, top0, x1 - bend, top1, x1, top1);
  area.lineTo(x1, bottom1);
  area.bezierCurveTo(x1 - bend, bottom1, x0 + bend, bottom0, x0, bottom0);
  area.closePath();
}

/**
 * Weights: 1 − exp(−|w|/1.2), the same scale at every step, so that growth shows. Gradients and updates change by powers
 * of ten during a run: the largest of all layers has strength 1, three decades below it strength is 0.
 * @param {Links} links @param {'weight' | 'gradient' | 'update'} kind @param {ArrayLike<number>[]} layers  the values of each layer's links
 */
export function setStrengths(links, kind, layers) {
  const { strength, starts } = links;
  for (let layer = 0; layer + 1 < starts.length; layer++) strength.set(layers[layer], starts[layer]);
  if (kind === 'weight') {
    for (let n = 0; n < strength.length; n++) strength[n] = Math.sign(strength[n]) * -Math.expm1(-Math.abs(strength[n]) / WEIGHT_SCALE);
    return;
  }
  let largest = 0;
  for (let n = 0; n < strength.length; n++) largest = Math.max(largest, Math.abs(strength[n]));
  for (let n = 0; n < strength.length; n++) {
    const share = largest ? 1 + Math.log10(Math.abs(strength[n]) / largest) / DECADES : 0;
    strength[n] = Math.sign(strength[n]) * Math.max(0, share);
  }
}

/** px of a link's line. @param {number} size 0 … 1 @param {number} thickness */
export function linkWidth(size, thickness) {
  return (0.8 + 4 * size * size) * thickness;
}

/**
 * Weak links first, so that strong ones lie on top.
 * @param {CanvasRenderingContext2D} context @param {Links} links
 * @param {object} how
 * @param {import('../base/palette.js').Palette} how.palette
 * @param {number} how.thickness  1, or less where links are many
 * @param {((link: number) => boolean) | null} how.chosen  links that are emphasized; the others become fainter
 */
export function paintLinks(context, links, { palette, thickness, chosen }) {
  const { order, bins, count } = links;
  let least = 0;
  if (count > MOST) {
    for (let n = 0; n < count; n++) links.sizes[n] = Math.abs(links.strength[n]);
    least = links.sizes.sort()[count - MOST];
    context.fillStyle = palette.soft;
    context.globalAlpha = AREA_OPACITY;
    context.fill(links.area);
    context.globalAlpha = 1;
  }
  sortIntoBins(links, chosen);
  for (let bin = 0; bin < BINS; bin++) {
    if (bins[bin] === bins[bin + 1]) continue;
    const front = bin >= BINS / 2;
    const size = (((bin >> 1) % LEVELS) + 0.5) / LEVELS;
    const alpha = 0.22 + 0.7 * size;
    context.strokeStyle = cssColor(bin % 2 ? palette.positive : palette.negative, chosen ? (front ? Math.max(alpha, 0.7) : alpha * 0.3) : alpha);
    context.lineWidth = linkWidth(size, thickness) + (front ? 0.8 : 0);
    context.beginPath();
    for (let i = bins[bin]; i < bins[bin + 1]; i++) {
      if (front || Math.abs(links.strength[order[i]]) >= least) trace(context, links.ends, 4 * order[i]);
    }
    context.stroke();
  }
}

/** Counting sort, because a frame must not allocate arrays. @param {Links} links @param {((link: number) => boolean) | null} chosen */
function sortIntoBins({ count, strength, order, bins, binOf }, chosen) {
  bins.fill(0);
  for (let n = 0; n < count; n++) {
    const level = Math.min(LEVELS - 1, Math.floor(Math.abs(strength[n]) * LEVELS));
    binOf[n] = (chosen?.(n) ? BINS / 2 : 0) + 2 * level + (strength[n] < 0 ? 0 : 1);
    bins[binOf[n] + 1]++;
  }
  for (let bin = 0; bin < BINS; bin++) bins[bin + 1] += bins[bin];
  for (let n = count - 1; n >= 0; n--) order[--bins[binOf[n] + 1]] = n;
  // bins[b + 1] holds where bin b begins by now
  bins.copyWithin(0, 1);
  bins[BINS] = count;
}

/** @param {CanvasRenderingContext2D} context @param {Float32Array} ends @param {number} at */
function trace(context, ends, at) {
  const [x0, y0, x1, y1] = [ends[at], ends[at + 1], ends[at + 2], ends[at + 3]];
  const bend = (x1 - x0) * BEND;
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
}

/**
 * The link nearest to a point; −1: none within reach.
 * @param {Links} links @param {number} x @param {number} y @param {number} reach px
 */
export function nearestLink(links, x, y, reach) {
  let nearest = -1;
  let least = reach;
  for (let n = 0; n < links.count; n++) {
    const [x0, y0, x1, y1] = links.ends.subarray(4 * n, 4 * n + 4);
    if (x < x0 || x > x1 || y < Math.min(y0, y1) - reach || y > Math.max(y0, y1) + reach) continue;
    const t = curveTime((x - x0) / (x1 - x0));
    const rise = (y1 - y0) * 6 * t * (1 - t);
    const run = (x1 - x0) * (3 * BEND * (1 - 2 * t + 2 * t * t) + 6 * (1 - 2 * BEND) * t * (1 - t));
    const distance = (Math.abs(y - y0 - (y1 - y0) * t * t * (3 - 2 * t)) * run) / Math.hypot(rise, run);
    if (distance < least) [nearest, least] = [n, distance];
  }
  return nearest;
}

/** The point of a link at a share of its horizontal distance. @param {Links} links @param {number} n @param {number} share @returns {[number, number]} px */
export function linkPoint({ ends }, n, share) {
  const [x0, y0, x1, y1] = ends.subarray(4 * n, 4 * n + 4);
  const t = curveTime(share);
  return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * t * t * (3 - 2 * t)];
}

/** The curve's parameter at a share of its horizontal distance, by bisection: x rises with the parameter. @param {number} share */
function curveTime(share) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 16; i++) {
    const t = (low + high) / 2;
    const x = 3 * BEND * t * (1 - t) * (1 - t) + 3 * (1 - BEND) * t * t * (1 - t) + t * t * t;
    if (x < share) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

const HALF_LINK_BOX = 20; // px

/** The box around a link's middle. @param {Links} links @param {number} n @returns {import('./layout.js').Box} */
export function linkBox({ ends }, n) {
  const [x0, y0, x1, y1] = ends.subarray(4 * n, 4 * n + 4);
  const middle = (x0 + x1) / 2;
  return { left: middle - HALF_LINK_BOX, right: middle + HALF_LINK_BOX, top: Math.min(y0, y1), bottom: Math.max(y0, y1) };
}
