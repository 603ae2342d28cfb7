// @ts-check
// Loss curves of many seeds as bands (extremes, quartiles, median) on a logarithmic scale, and the bars of where they end. Pure.

import { niceStep } from '../base/numbers.js';

/** @typedef {import('../../experiment/luck_band.js').Spread} Spread */
/** @typedef {import('../base/palette.js').Palette} Palette */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{epochs: number[], bands: Spread[][], own: number[]}} Bands  own: losses of the run on the page */

/**
 * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height @param {Bands} bands @param {Palette} palette
 * @param {{own: string, epoch: string, setUps: string[]}} names
 */
export function drawBands(context, width, height, { epochs, bands, own }, palette, names) {
  const { small } = palette;
  const box = { left: 4.6 * small, top: 2 * small, width: width - 6 * small, height: height - 5 * small };
  const losses = [...own, ...bands.flat().flatMap(({ low, high, threeQuarters }) => [low, high, threeQuarters])].filter((loss) => Number.isFinite(loss) && loss > 0);
  if (!losses.length) return;
  const [low, high] = [Math.log10(Math.min(...losses)), Math.log10(Math.max(...losses))];
  const x = (/** @type {number} */ point) => box.left + (epochs[point] / epochs[epochs.length - 1]) * box.width;
  const y = (/** @type {number} */ loss) => box.top + (1 - Math.max(0, Math.min(1, (Math.log10(Math.max(loss, 1e-30)) - low) / (high - low || 1)))) * box.height;
  drawLossScale(context, box, [low, high], y, palette);
  drawEpochs(context, box, epochs[epochs.length - 1], palette, names.epoch);
  bands.forEach((band, number) => {
    context.fillStyle = palette.runs[number];
    context.strokeStyle = palette.runs[number];
    fillBetween(context, band.map(({ low: best, high: worst }, point) => [x(point), y(best), y(worst)]), 0.14);
    fillBetween(context, band.map(({ quarter, threeQuarters }, point) => [x(point), y(quarter), y(threeQuarters)]), 0.28);
    line(context, band.map(({ median }, point) => [x(point), y(median)]), 2.4 * palette.link);
  });
  context.strokeStyle = palette.ink;
  line(context, own.map((loss, point) => [x(point), y(loss)]), 1.4 * palette.link);
  drawNames(context, box, [...names.setUps.map((name, number) => ({ name, color: palette.runs[number] })), { name: names.own, color: palette.ink }], palette);
}

/** @param {CanvasRenderingContext2D} context @param {number[][]} places  x, one side, the other @param {number} alpha */
function fillBetween(context, places, alpha) {
  context.globalAlpha = alpha;
  context.beginPath();
  places.forEach(([x, one], point) => context[point ? 'lineTo' : 'moveTo'](x, one));
  for (const [x, , other] of [...places].reverse()) context.lineTo(x, other);
  context.fill();
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {number[][]} places @param {number} width */
function line(context, places, width) {
  context.beginPath();
  places.forEach(([x, y], point) => context[point ? 'lineTo' : 'moveTo'](x, y));
  context.lineWidth = width;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {[number, number]} range  powers of ten @param {(loss: number) => number} y @param {Palette} palette */
function drawLossScale(context, box, [low, high], y, palette) {
  context.font = `${palette.small}px ${palette.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const loss of lossTicks(10 ** low, 10 ** high)) {
    context.fillStyle = palette.line;
    context.fillRect(box.left, y(loss), box.width, 1);
    context.fillStyle = palette.soft;
    context.fillText(String(loss), box.left - 0.5 * palette.small, y(loss));
  }
}

/** At least two: powers of ten, or with 2 and 5 times them, or equal steps, as fine as it takes; one where six digits do not tell the losses apart. @param {number} low @param {number} high @returns {number[]} */
export function lossTicks(low, high) {
  const within = (/** @type {number[]} */ ticks) => ticks.map((tick) => Number(tick.toPrecision(6))).filter((tick) => tick >= low && tick <= high);
  const powers = Array.from({ length: Math.ceil(Math.log10(high / low)) + 2 }, (_, i) => 10 ** (Math.floor(Math.log10(low)) + i));
  const steps = [4, 8].map((count) => niceStep((high - low) / count));
  const scales = [
    ...(high / low > 30 ? [powers] : []),
    ...(high / low > 8 ? [powers.flatMap((power) => [power, 2 * power, 5 * power])] : []),
    ...steps.map((step) => Array.from({ length: 9 }, (_, i) => (Math.ceil(low / step) + i) * step)),
  ];
  return scales.map(within).find((ticks) => ticks.length > 1) ?? [Number(low.toPrecision(6))];
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {number} last @param {Palette} palette @param {string} name */
function drawEpochs(context, box, last, palette, name) {
  const bottom = box.top + box.height + 0.6 * palette.small;
  context.fillStyle = palette.soft;
  context.textBaseline = 'top';
  context.textAlign = 'left';
  context.fillText('0', box.left, bottom);
  context.textAlign = 'right';
  context.fillText(String(last), box.left + box.width, bottom);
  context.textAlign = 'center';
  context.fillText(name, box.left + box.width / 2, bottom);
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {{name: string, color: string}[]} entries @param {Palette} palette */
function drawNames(context, box, entries, palette) {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  let left = box.left;
  for (const { name, color } of entries) {
    context.fillStyle = color;
    context.fillRect(left, 0.7 * palette.small, 1.4 * palette.small, 3 * palette.link);
    context.fillStyle = palette.ink;
    context.fillText(name, left + 1.8 * palette.small, 0.8 * palette.small);
    left += context.measureText(name).width + 3.4 * palette.small;
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {{low: number, high: number, counts: number[][]}} histogram @param {Palette} palette @param {(value: number) => string} format
 */
export function drawHistogram(context, width, height, { low, high, counts }, palette, format) {
  const { small } = palette;
  const box = { left: 2.6 * small, top: small, width: width - 3.2 * small, height: height - 3 * small };
  const most = Math.max(...counts.flat());
  const bar = box.width / counts[0].length;
  counts.forEach((ofOne, number) => ofOne.forEach((count, at) => {
    context.fillStyle = palette.runs[number];
    const tall = (count / most) * box.height;
    context.fillRect(box.left + at * bar + (number * bar) / counts.length, box.top + box.height - tall, Math.max(1, bar / counts.length - 1), tall);
  }));
  context.font = `${small}px ${palette.font}`;
  context.fillStyle = palette.soft;
  context.fillRect(box.left, box.top + box.height, box.width, 1);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(String(most), box.left - 0.4 * small, box.top);
  context.textBaseline = 'top';
  context.fillText(format(high), box.left + box.width, box.top + box.height + 0.5 * small);
  context.textAlign = 'left';
  context.fillText(format(low), box.left, box.top + box.height + 0.5 * small);
}
