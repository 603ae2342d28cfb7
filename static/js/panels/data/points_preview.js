// @ts-check
// The points of a file as a small picture.

import { makeColormap } from '../../draw/base/colormap.js';
import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { paintPoints } from '../../draw/plane/plane.js';

const SIZE = 200; // px
const RADIUS = 3; // px

/** @param {HTMLCanvasElement} canvas @param {import('./points_file.js').PointsFile} file @param {number} mostClasses */
export function paintPreview(canvas, { points, kind }, mostClasses) {
  const palette = readPalette(canvas);
  const context = contextOf(canvas);
  fitCanvas(canvas, SIZE, SIZE);
  context.fillStyle = palette.fill;
  context.fillRect(0, 0, SIZE, SIZE);
  const unit = points.reduce((most, [, , value]) => Math.max(most, Math.abs(value)), 1);
  paintPoints(context, points, { size: SIZE, radius: RADIUS, hollow: false, classes: kind === 'classes' ? mostClasses : 0, unit, palette, colormap: makeColormap(palette, 1) });
}
