// @ts-check
// The loss while the learning rate rises, on a logarithmic scale of rates, with two rates marked. Pure.

/** @typedef {import('../base/palette.js').Palette} Palette */

const HIGHEST = 1.5; // times the first loss: what blows up leaves the picture

/**
 * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {import('../../wire/messages.js').RateSearch} search @param {Palette} palette
 * @param {{rate: string, steepest: string, lastStable: string}} names
 */
export function drawRateCurve(context, width, height, { rates, losses, steepest, last_stable: lastStable }, palette, names) {
  const { small } = palette;
  const box = { left: 4.6 * small, top: 3.4 * small, width: width - 6 * small, height: height - 6.4 * small };
  const [first, last] = [Math.log10(rates[0]), 1];
  const [low, high] = [Math.min(...losses), Math.min(Math.max(...losses), HIGHEST * losses[0])];
  const x = (/** @type {number} */ rate) => box.left + ((Math.log10(rate) - first) / (last - first)) * box.width;
  const y = (/** @type {number} */ loss) => box.top + (1 - Math.min(1, (loss - low) / (high - low || 1))) * box.height;
  context.font = `${small}px ${palette.font}`;
  context.fillStyle = palette.soft;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const loss of [low, (low + high) / 2, high]) {
    context.fillText(loss.toPrecision(2), box.left - 0.5 * small, y(loss));
    context.fillRect(box.left, y(loss), box.width, 0.5);
  }
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (let power = -6; power <= last; power += 1) context.fillText(String(10 ** power), x(10 ** power), box.top + box.height + 0.5 * small);
  context.fillText(names.rate, box.left + box.width / 2, box.top + box.height + 1.8 * small);
  context.beginPath();
  losses.forEach((loss, at) => context[at ? 'lineTo' : 'moveTo'](x(rates[at]), y(loss)));
  context.strokeStyle = palette.ink;
  context.lineWidth = 2 * palette.link;
  context.stroke();
  for (const [rate, name, level] of /** @type {[number | null, string, number][]} */ ([[steepest, names.steepest, 0], [lastStable, names.lastStable, 1]])) {
    if (rate !== null) mark(context, x(rate), { top: (0.3 + 1.4 * level) * small, bottom: box.top + box.height, onLeft: x(rate) > box.left + (level ? 0.85 : 0.15) * box.width }, name, level ? [6, 5] : [], palette);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {{top: number, bottom: number, onLeft: boolean}} at @param {string} name @param {number[]} dashes @param {Palette} palette */
function mark(context, x, { top, bottom, onLeft }, name, dashes, palette) {
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.setLineDash(dashes);
  context.lineWidth = 1.6 * palette.link;
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = palette.ink;
  context.textBaseline = 'top';
  context.textAlign = onLeft ? 'right' : 'left';
  context.fillText(name, x + (onLeft ? -6 : 6), top);
}
