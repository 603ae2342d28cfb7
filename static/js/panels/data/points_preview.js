// @ts-check
// The points of a file as a small picture.

import { makeColormap } from '../../draw/base/colormap.js';
import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { paintPoints } from '../../draw/plane/plane.js';

const SIZE = 200; // px
const RADIUS = 3; // px
const MAX_CLASSES = 8;

/** @param {HTMLCanvasElement} canvas @param {import('./points_file.js').PointsFile} file */
export function paintPreview(canvas, { points, kind }) {
  const palette = readPalette(canvas);
  const context = contextOf(canvas);
  fitCanvas(canvas, SIZE, SIZE);
  context.fillStyle = palette.fill;
  context.fillRect(0, 0, SIZE, SIZE);
  const unit = points.reduce((most, [, , value]) => Math.max(most, Math.abs(value)), 1);
  paintPoints(context, points, { size: SIZE, radius: RADIUS, hollow: false, classes: kind === 'classes' ? MAX_CLASSES : 0, unit, palette, colormap: makeColormap(palette, 1) });
}
