// @ts-check
// The picture of the plane on its canvas: the heat map, the points on it, rings around the batch, the cursor of keys.

import { contextOf, density, fitCanvas } from '../../draw/base/canvas.js';
import { makeColormap } from '../../draw/base/colormap.js';
import { readPalette } from '../../draw/base/palette.js';
import { paintPoints, toPixels } from '../../draw/plane/plane.js';
import { createHeatMapPainter } from './heat_map.js';

const MANY = 300; // points above which they are drawn smaller
const FEW = 12; // points up to which they are drawn large
const LEAST_SIDE = 40; // px

/** @typedef {import('./plane_contents.js').PlaneContents} PlaneContents */
/** @typedef {import('../../draw/base/palette.js').Palette} Palette */

/** @param {HTMLElement} box  the canvas and the numbers at its edges @param {HTMLCanvasElement} canvas */
export function createPlanePicture(box, canvas) {
  const context = contextOf(canvas);
  const heatMap = createHeatMapPainter();
  const pointsLayer = document.createElement('canvas');
  let palette = readPalette(box);
  let size = 0; // px a side

  return {
    get size() { return size; },

    /** To the room there is; paints the points anew. @param {PlaneContents} contents @param {boolean} withTest @param {import('./predicted_points.js').Marks | null} marks */
    fit(contents, withTest, marks) {
      palette = readPalette(box);
      heatMap.recolor(palette);
      const gutter = Math.ceil(palette.small * 1.75);
      size = Math.max(LEAST_SIDE, Math.floor(Math.min(box.clientWidth - gutter, box.clientHeight - gutter)));
      box.style.setProperty('--size', `${size}px`);
      box.style.setProperty('--gutter', `${gutter}px`);
      fitCanvas(canvas, size, size);
      pointsLayer.width = pointsLayer.height = Math.round(size * density());
      const layer = contextOf(pointsLayer);
      layer.scale(density(), density());
      paintDataPoints(layer, contents, { size, palette, withTest, marks: contents.draft || !contents.classes ? null : marks });
    },

    /**
     * @param {PlaneContents} contents @param {import('./heat_map.js').HeatMap | null} shown
     * @param {{flat: boolean, batch: {points: number[], chosen: number | null} | null}} how
     */
    paint(contents, shown, { flat, batch }) {
      heatMap.paint(context, size, shown, flat);
      context.drawImage(pointsLayer, 0, 0, size, size);
      if (batch && !contents.draft) paintBatch(context, batch, contents, size, palette);
      if (contents.draft?.cursor) paintCursor(context, contents.draft.cursor, size, palette);
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {PlaneContents} contents @param {{size: number, palette: Palette, withTest: boolean, marks: import('./predicted_points.js').Marks | null}} how */
function paintDataPoints(context, { classes, train, test, extent, chosenOutput }, { size, palette, withTest, marks }) {
  const shrink = Math.min(1, Math.sqrt(MANY / Math.max(1, train.length)));
  const radius = train.length <= FEW ? size / 38 : Math.max(2.6, Math.min(Math.max(4.2, size / 120), size / 66) * shrink);
  const how = {
    size,
    radius: radius * Math.sqrt(palette.link),
    palette,
    colormap: makeColormap(palette, 1),
    extent,
    classes,
    output: chosenOutput,
    unit: train.reduce((most, point) => Math.max(most, Math.abs(point[2 + chosenOutput] ?? 0)), 1),
  };
  const [predicted, testToo] = [marks?.classes, withTest || marks?.cell?.set === 'test'];
  if (testToo) paintPoints(context, marks?.predicted ? marks.asPredicted(test, predicted?.test, classes) : test, { ...how, hollow: true });
  paintPoints(context, marks?.predicted ? marks.asPredicted(train, predicted?.train, classes) : train, { ...how, hollow: false });
  if (testToo) marks?.paint(context, test, 'test', marks, how);
  marks?.paint(context, train, 'train', marks, how);
}

/**
 * Rings around the points of a batch, the chosen one's stronger.
 * @param {CanvasRenderingContext2D} context @param {{points: number[], chosen: number | null}} batch  indices of training points
 * @param {PlaneContents} contents @param {number} size px @param {Palette} palette
 */
function paintBatch(context, { points, chosen }, { train, extent }, size, palette) {
  for (const index of new Set([...points, ...(chosen === null ? [] : [chosen])])) {
    if (!train[index]) continue;
    const [x, y] = toPixels(train[index][0], train[index][1], size, extent);
    const strong = index === chosen;
    for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, strong ? 5 : 3.5], [strong ? palette.ink : palette.soft, strong ? 2.4 : 1.4]])) {
      context.beginPath();
      context.arc(x, y, (strong ? 9 : 7) * Math.sqrt(palette.link), 0, 2 * Math.PI);
      context.strokeStyle = color;
      context.lineWidth = width * palette.link ** 0.5;
      context.stroke();
    }
  }
}

/** Where a key would add a point. @param {CanvasRenderingContext2D} context @param {[number, number]} cursor  x1, x2 @param {number} size px @param {Palette} palette */
function paintCursor(context, [x1, x2], size, palette) {
  const [x, y] = toPixels(x1, x2, size);
  const radius = 11 * palette.link;
  context.beginPath();
  context.arc(x, y, radius * 0.62, 0, 2 * Math.PI);
  for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + right * radius * 0.62, y + down * radius * 0.62);
    context.lineTo(x + right * radius, y + down * radius);
  }
  for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, 4], [palette.ink, 2]])) {
    context.strokeStyle = color;
    context.lineWidth = width * palette.link;
    context.stroke();
  }
}
