// @ts-check
// A landscape on its canvas, or as a surface in space.

import { drawWithPlotly, hasPlotly, purge } from '../../core/plotly.js';
import { emptyCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { surfaceChart } from '../../draw/chart/surface.js';
import { cellAt, drawLandscape } from '../../draw/plane/landscape.js';
import { drawLandscapeAxes, squareIn } from './landscape_axes.js';

/** @typedef {{message: import('../../wire/messages.js').LandscapeMessage, losses: Float32Array}} Held */

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} box  for the surface */
export function createLandscapeView(canvas, box) {
  let square = { left: 0, top: 0, size: 1 };
  let inSpace = false;

  return {
    /** @param {boolean} on */
    showInSpace(on) {
      inSpace = on;
      box.hidden = !on;
      canvas.hidden = on;
      if (!on) purge(box);
    },
    /** @param {Held} held @param {{labels: [string, string], loss: string}} words @returns {number} how many times the arrow of the step is enlarged */
    paint({ message, losses }, { labels, loss }) {
      const [empty, palette] = [emptyCanvas(canvas), readPalette(/** @type {HTMLElement} */ (canvas.parentElement))];
      if (!empty) return 1;
      const { context, width, height } = empty;
      if (inSpace) {
        if (hasPlotly()) drawWithPlotly(box, surfaceChart(message, losses, palette, { width, height, loss }));
        return 1;
      }
      square = squareIn(width, height, palette.small);
      const enlarged = drawLandscape(context, square, { ...message, losses, next: message.next[0] ?? null }, palette);
      drawLandscapeAxes(context, square, message, palette, labels);
      return enlarged;
    },
    /** The point next to a place on the canvas. @param {Held | null} held @param {MouseEvent} event */
    pointAt(held, { offsetX, offsetY }) {
      const cell = held && cellAt({ ...held.message, losses: held.losses, next: null }, square, offsetX, offsetY);
      return held && cell ? { ...cell, loss: held.losses[cell.index], plane: held.message.plane } : null;
    },
  };
}
