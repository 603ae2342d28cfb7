// @ts-check
// The heat map under the points: the colours of one output, or the colour of the winning class; and the decision
// boundary as a line.

import { contextOf } from '../../draw/base/canvas.js';
import { makeClassColors, makeColormap, makeTwoColors, paintClasses, paintSides, paintValues, shownOutput } from '../../draw/base/colormap.js';
import { isTwoValued, makeContour, smoothMap, traceContour } from '../../draw/plane/contour.js';
import { refine } from '../../draw/plane/plane.js';

const STRENGTH = 0.62; // of the map's colours: points stand out on it
const UPSAMPLING = 3; // two flat colours are drawn with this many times the cells, so that they meet in a clean line
const LEAST_MARGIN = 0.02; // by which a class wins, so that a tie still has a line

const LEVELS = 127; // a value of a map is one of so many levels between 0 and its scale

/** @typedef {{side: number, values: ArrayLike<number>, scale?: number}} Map  values: side × side, row by row from the top; scale: their largest, where they were rounded to parts of it */
/** @typedef {{side: number, winners: Uint8Array, strength: Uint8Array}} Classes  strength: probability of the winner, 0 … 255 */
/**
 * @typedef {object} HeatMap
 * @property {Map | null} map
 * @property {Classes | null} classes  shown in place of the map
 * @property {import('../../draw/base/colormap.js').Meaning} meaning
 * @property {number} unit  the value of full colour
 * @property {number | null} level  of the decision boundary; null: no line
 */
/** @typedef {ReturnType<typeof makeColors>} Colors */

export function createHeatMapPainter() {
  const cells = createCells();
  const line = createBoundaryLine();
  /** @type {import('../../draw/base/palette.js').Palette} */
  let palette;
  /** @type {Colors} */
  let colors;

  return {
    /** @param {import('../../draw/base/palette.js').Palette} next */
    recolor(next) {
      palette = next;
      colors = makeColors(palette);
    },

    /** @param {CanvasRenderingContext2D} context @param {number} size px @param {HeatMap | null} shown @param {boolean} flat  two colours in place of shades */
    paint(context, size, shown, flat) {
      const { map, classes, level } = shown ?? {};
      if (!shown || !(map || classes)) {
        context.fillStyle = palette.fill;
        context.fillRect(0, 0, size, size);
        return;
      }
      if (classes) cells.paintWinners(classes, flat ? colors.flatClasses : colors.classes);
      else if (map) cells.paintMap(map, shown, colors, flat);
      cells.drawTo(context, size);
      if (level === null || level === undefined) return;
      context.beginPath();
      if (classes) line.traceClasses(context, classes, size);
      else if (map) line.traceLevel(context, map, level, size);
      context.strokeStyle = palette.ink;
      context.lineWidth = 2 * palette.link;
      context.lineJoin = 'round';
      context.stroke();
    },
  };
}

/** @param {import('../../draw/base/palette.js').Palette} palette */
function makeColors(palette) {
  return {
    smooth: makeColormap(palette, STRENGTH), flat: makeTwoColors(palette, STRENGTH),
    classes: makeClassColors(palette, STRENGTH, false), flatClasses: makeClassColors(palette, STRENGTH, true),
  };
}

/** The map as a small picture, a pixel for each cell; its arrays are kept from frame to frame. */
function createCells() {
  const canvas = document.createElement('canvas');
  const cellsContext = contextOf(canvas);
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let outputs = new Float32Array(1);
  let softer = new Float32Array(1);
  let finer = new Float32Array(1);

  /** @param {number} side @param {number} across  pixels a side */
  function resize(side, across) {
    if (image.width !== across) {
      canvas.width = canvas.height = across;
      image = new ImageData(across, across);
      pixels = new Uint32Array(image.data.buffer);
    }
    if (outputs.length !== side * side) {
      outputs = new Float32Array(side * side);
      softer = new Float32Array(side * side);
      finer = new Float32Array(side * side * UPSAMPLING * UPSAMPLING);
    }
  }

  return {
    /** @param {Map} map @param {HeatMap} shown @param {Colors} colors @param {boolean} flat */
    paintMap({ side, values }, { meaning, unit, level }, colors, flat) {
      const twoColors = flat || (level !== null && isTwoValued(values));
      resize(side, twoColors ? side * UPSAMPLING : side);
      shownOutput(values, meaning, outputs);
      if (twoColors) paintSides(refine(smoothMap(outputs, 0, side, softer), side, UPSAMPLING, finer), colors.flat, pixels);
      else paintValues(outputs, colors.smooth, pixels, unit);
    },

    /** @param {Classes} classes @param {Colors['classes']} colors */
    paintWinners({ side, winners, strength }, colors) {
      resize(side, side);
      paintClasses(winners, strength, colors, pixels);
    },

    /** @param {CanvasRenderingContext2D} context @param {number} size px */
    drawTo(context, size) {
      cellsContext.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = 'high';
      context.drawImage(canvas, 0, 0, size, size);
    },
  };
}

/** Where the decision changes, as a path; its arrays are kept from frame to frame. */
function createBoundaryLine() {
  let contour = makeContour(1);
  let contourSide = 1;
  let values = new Float32Array(1);

  /** @param {number} side */
  function resize(side) {
    if (contourSide === side) return;
    [contour, contourSide] = [makeContour(side), side];
    values = new Float32Array(side * side);
  }

  return {
    /** @param {CanvasRenderingContext2D} context @param {Map} map @param {number} level @param {number} size px */
    traceLevel(context, map, level, size) {
      resize(map.side);
      const smooth = smoothMap(map.values, level, map.side, values);
      const rounded = smooth === map.values && map.scale ? map.scale / LEVELS : 0; // what was smoothed is rounded no more
      traceContour(context, contour(smooth, level, rounded), size);
    },

    /** Around each class in turn: by how much it wins or loses. @param {CanvasRenderingContext2D} context @param {Classes} classes @param {number} size px */
    traceClasses(context, { side, winners, strength }, size) {
      resize(side);
      for (const number of new Set(winners)) {
        for (let i = 0; i < values.length; i++) values[i] = (winners[i] === number ? 1 : -1) * (LEAST_MARGIN + strength[i] / 255);
        traceContour(context, contour(values, 0), size);
      }
    },
  };
}
