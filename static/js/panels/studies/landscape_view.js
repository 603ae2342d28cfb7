// @ts-check
// A landscape on its canvas, or as a surface in space.

import { drawWithPlotly, hasPlotly, purge } from '../../core/plotly.js';
import { emptyCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { surfaceChart } from '../../draw/chart/surface.js';
import { cellAt, drawLandscape } from '../../draw/plane/landscape.js';
import { drawLandscapeAxes, squaresIn } from './landscape_axes.js';

/** @typedef {{message: import('../../wire/messages.js').LandscapeMessage, losses: Float32Array, ofAll: Float32Array | null}} Held  ofAll: beside a batch, of the whole training set */

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} box  for the surface */
export function createLandscapeView(canvas, box) {
  let squares = [{ left: 0, top: 0, size: 1 }];
  let inSpace = false;

  return {
    /** A surface has no paths on it. */
    showsPaths: () => !inSpace,
    /** @param {boolean} on */
    showInSpace(on) {
      inSpace = on;
      box.hidden = !on;
      canvas.hidden = on;
      if (!on) purge(box);
    },
    /** @param {Held} held @param {{others: {path: number[][], color: string, dashes: number[]}[], labels: [string, string], loss: string, titles: [string, string]}} shown  others: the ways of other runs; titles: of the whole training set and of the batch @returns {number} how many times the arrow of the step is enlarged */
    paint({ message, losses, ofAll }, { others, labels, loss, titles }) {
      const [empty, palette] = [emptyCanvas(canvas), readPalette(/** @type {HTMLElement} */ (canvas.parentElement))];
      if (!empty) return 1;
      const { context, width, height } = empty;
      if (inSpace) {
        if (hasPlotly()) drawWithPlotly(box, surfaceChart(message, losses, palette, { width, height, loss }));
        return 1;
      }
      const maps = ofAll ? [ofAll, losses] : [losses];
      const together = ofAll ? [...ofAll, ...losses] : losses;
      squares = squaresIn(width, height, palette.small, maps.length);
      return Math.max(...maps.map((map, i) => {
        drawLandscapeAxes(context, squares[i], message, palette, labels, ofAll ? titles[i] : '');
        return drawLandscape(context, squares[i], { ...message, losses: map, together, others, next: message.next[0] ?? null }, palette);
      }));
    },
    /** The point next to a place on the canvas. @param {Held | null} held @param {MouseEvent} event */
    pointAt(held, { offsetX, offsetY }) {
      if (!held) return null;
      const maps = held.ofAll ? [held.ofAll, held.losses] : [held.losses];
      const cells = maps.map((losses, i) => ({ losses, cell: cellAt({ ...held.message, losses, next: null }, squares[i] ?? squares[0], offsetX, offsetY) }));
      const found = cells.find(({ cell }) => cell);
      return found?.cell ? { ...found.cell, loss: found.losses[found.cell.index], plane: held.message.plane } : null;
    },
  };
}
