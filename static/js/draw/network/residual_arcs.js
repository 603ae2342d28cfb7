// @ts-check
// Residual links: an arc around a layer's links, from each neuron to the one it is added to unchanged.

const LIFT = 0.55; // of a tile: how far an arc rises above its two tiles

/** @typedef {import('./layout.js').NetworkLayout} NetworkLayout */

/**
 * The pairs of tiles between which arcs go: those of one neuron's number in two columns.
 * @param {number[][]} drawn  by column, the neuron of each tile; of inputs that can be chosen, their rows
 * @param {number[]} used  rows of the inputs in use @param {{residual: boolean}[]} hidden
 * @returns {{column: number, from: number, to: number}[]} column: the one before; from, to: tiles
 */
export function residualPairs(drawn, used, hidden) {
  return hidden.flatMap(({ residual }, column) => (residual ? drawn[column + 1].flatMap((neuron, to) => {
    const from = column ? drawn[column].indexOf(neuron) : used[neuron] ?? -1;
    return from < 0 ? [] : [{ column, from, to }];
  }) : []));
}

/**
 * @param {CanvasRenderingContext2D} context @param {NetworkLayout} layout @param {ReturnType<typeof residualPairs>} pairs
 * @param {import('../base/palette.js').Palette} palette
 */
export function paintResidualArcs(context, { columns, tile }, pairs, palette) {
  if (!pairs.length) return;
  context.beginPath();
  for (const { column, from, to } of pairs) {
    const [before, after] = [columns[column], columns[column + 1]];
    const [x0, y0] = [before.left[from] + tile * 0.8, before.top[from]];
    const [x1, y1] = [after.left[to] + tile * 0.2, after.top[to]];
    const rise = Math.min(tile * LIFT, Math.max(5, after.spacing - tile));
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0 + (x1 - x0) * 0.25, y0 - 1.6 * rise, x1 - (x1 - x0) * 0.25, y1 - 1.6 * rise, x1, y1);
    context.moveTo(x1 - 4.5, y1 - 4.5); // an arrow head
    context.lineTo(x1, y1);
    context.lineTo(x1 + 1.5, y1 - 6);
  }
  for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, 3], [palette.soft, 1.2]])) {
    context.strokeStyle = color;
    context.lineWidth = width * Math.sqrt(palette.link);
    context.stroke();
  }
}
