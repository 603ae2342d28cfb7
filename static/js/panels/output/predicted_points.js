// @ts-check
// The predicted classes of the data points, marked on them: those taken for another class, all in the colours of the classes
// they are taken for, or those of one cell of a confusion matrix.

import { classOf, toPixels } from '../../draw/plane/plane.js';

/** @typedef {import('../../draw/plane/plane.js').Point} Point */
/** @typedef {{wrong: boolean, predicted: boolean, cell: import('../../core/state.js').PageState['cell'], classes: {train: string, test: string} | null, asPredicted: typeof asPredicted, paint: typeof paintMarks}} Marks  classes: a digit for each point */

/** What is to be marked; null: nothing. @param {import('../../core/store.js').Store} store @returns {Marks | null} */
export function readMarks(store) {
  const [wrong, predicted, cell] = [store.get('markWrong'), store.get('markPredicted'), store.get('cell')];
  return wrong || predicted || cell ? { wrong, predicted, cell, classes: store.get('scores')?.predicted ?? null, asPredicted, paint: paintMarks } : null;
}

/** The points as classes they are taken for. @param {Point[]} points @param {string | undefined} digits @param {number} classes @returns {Point[]} */
export function asPredicted(points, digits, classes) {
  if (digits?.length !== points.length) return points; // of another run
  return points.map(([x1, x2], i) => [x1, x2, classes > 2 ? Number(digits[i]) : 2 * Number(digits[i]) - 1]);
}

/**
 * A cross over each point that is taken for another class; a ring around those of the cell.
 * @param {CanvasRenderingContext2D} context @param {Point[]} points @param {'train' | 'test'} set @param {Pick<Marks, 'wrong' | 'cell' | 'classes'>} marks
 * @param {{size: number, radius: number, classes: number, extent: import('../../draw/plane/plane.js').Extent, palette: import('../../draw/base/palette.js').Palette}} how
 */
export function paintMarks(context, points, set, { wrong, cell, classes: predictedClasses }, { size, radius, classes, extent, palette }) {
  const digits = predictedClasses?.[set];
  if (digits?.length !== points.length) return;
  for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, 4], [palette.ink, 1.8]])) {
    context.beginPath();
    points.forEach(([x1, x2, target], i) => {
      const [own, predicted] = [classOf(target, classes), Number(digits[i])];
      const [x, y] = toPixels(x1, x2, size, extent);
      if (cell?.set === set && cell.own === own && cell.predicted === predicted) {
        context.moveTo(x + 2 * radius, y);
        context.arc(x, y, 2 * radius, 0, 2 * Math.PI);
      }
      if (!wrong || own === predicted) return;
      for (const slant of [-1, 1]) {
        context.moveTo(x - 1.6 * radius, y - 1.6 * radius * slant);
        context.lineTo(x + 1.6 * radius, y + 1.6 * radius * slant);
      }
    });
    context.strokeStyle = color;
    context.lineWidth = width * Math.sqrt(palette.link);
    context.stroke();
  }
}
