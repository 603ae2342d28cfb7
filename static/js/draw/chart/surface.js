// @ts-check
// A loss landscape as a surface in space, as Plotly takes it. Pure; knows nothing of Plotly.

/** @typedef {import('../base/palette.js').Palette} Palette */

/**
 * @param {{side: number, x: [number, number], y: [number, number], now: number}} landscape
 * @param {ArrayLike<number>} losses @param {Palette} palette
 * @param {{width: number, height: number, loss: string}} look
 */
export function surfaceChart({ side, x, y, now }, losses, palette, { width, height, loss }) {
  const along = (/** @type {[number, number]} */ [from, to]) => Array.from({ length: side }, (_, i) => from + (i / (side - 1)) * (to - from));
  const rows = Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => finite(losses[row * side + column])));
  const axis = { gridcolor: palette.line, color: palette.soft, title: { text: '' } };
  return {
    traces: [
      {
        type: 'surface', x: along(x), y: along(y), z: rows, showscale: false, hoverinfo: 'z',
        colorscale: [[0, palette.dark ? '#45d6c8' : '#0b6f69'], [1, palette.fill]],
        contours: { z: { show: true, usecolormap: false, color: palette.soft, width: 1 } },
      },
      { type: 'scatter3d', mode: 'markers', x: [0], y: [0], z: [now], marker: { color: palette.ink, size: 5 }, hoverinfo: 'z' },
    ],
    layout: {
      width, height, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: 'rgba(0,0,0,0)', showlegend: false, uirevision: 'kept',
      font: { family: palette.font, size: palette.small, color: palette.soft },
      scene: { xaxis: axis, yaxis: axis, zaxis: { ...axis, title: { text: loss } }, uirevision: 'kept' },
    },
  };
}

/** @param {number} value */
const finite = (value) => (Number.isFinite(value) ? value : null);
