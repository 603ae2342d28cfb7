// @ts-check
// A line through places.

/** @param {CanvasRenderingContext2D} context @param {number[][]} places  [x, y] each, px @param {string} color @param {number} width  px @param {number[]} [dashes]  px */
export function strokePath(context, places, color, width, dashes = []) {
  context.lineJoin = 'round';
  context.beginPath();
  places.forEach(([x, y], i) => context[i ? 'lineTo' : 'moveTo'](x, y));
  context.setLineDash(dashes);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
}
