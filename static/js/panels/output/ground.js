// @ts-check
// The map of the plane under the points: one output's colours, or a colour for each class; and the line where the
// decision turns.

import { contextOf } from '../../draw/base/canvas.js';
import { makeClassColors, makeColormap, makeTwoColors, paintClasses, paintValues, shownOutput } from '../../draw/base/colormap.js';
import { isTwoValued, makeContour, smoothMap, traceContour } from '../../draw/plane/contour.js';
import { refine } from '../../draw/plane/plane.js';

const PALE = 0.62; // strength of the map's colours: points stand out on it
const FINER = 3; // two flat colours are drawn at this many times the map's grain, so that they meet in a clean line
const DOUBT = 0.02; // what a class that wins by nothing wins by, so that the line has a place to be

/** @typedef {{side: number, values: ArrayLike<number>}} Map */
/** @typedef {{side: number, winners: Uint8Array, strength: Uint8Array}} Classes  strength: how sure, 0 … 255 */
/**
 * @typedef {object} Ground
 * @property {Map | null} map
 * @property {Classes | null} classes  shown in place of the map
 * @property {import('../../draw/base/colormap.js').Meaning} meaning
 * @property {number} unit  the value of full colour
 * @property {number | null} level  of the line; null: no line
 */

export function createGround() {
  const grain = document.createElement('canvas'); // the map, a pixel for each cell
  const grainContext = contextOf(grain);
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let contour = makeContour(1);
  let contourSide = 1;
  let shown = new Float32Array(1);
  let fine = new Float32Array(1);
  let soft = new Float32Array(1);
  /** @type {import('../../draw/base/palette.js').Palette} */
  let palette;
  let colors = { smooth: new Uint32Array(), flat: new Uint32Array(), classes: new Uint32Array(), flatClasses: new Uint32Array() };

  /** @param {number} side @param {number} across */
  function resize(side, across) {
    if (image.width !== across) {
      grain.width = grain.height = across;
      image = new ImageData(across, across);
      pixels = new Uint32Array(image.data.buffer);
    }
    if (shown.length !== side * side) {
      shown = new Float32Array(side * side);
      soft = new Float32Array(side * side);
      fine = new Float32Array(side * side * FINER * FINER);
    }
    if (contourSide !== side) [contour, contourSide] = [makeContour(side), side];
  }

  /** @param {Map} map @param {Ground} ground @param {boolean} flat */
  function paintMap({ side, values }, { meaning, unit, level }, flat) {
    const steps = level !== null && isTwoValued(values);
    resize(side, flat || steps ? side * FINER : side);
    shownOutput(values, meaning, shown);
    if (flat || steps) paintValues(refine(smoothMap(shown, 0, side, soft), side, FINER, fine), colors.flat, pixels, unit);
    else paintValues(shown, colors.smooth, pixels, unit);
  }

  /** @param {Classes} classes @param {boolean} flat */
  function paintWinners({ side, winners, strength }, flat) {
    resize(side, side);
    paintClasses(winners, strength, flat ? colors.flatClasses : colors.classes, pixels);
  }

  /** Round each class in turn: how sure it wins, or how sure it loses. @param {CanvasRenderingContext2D} context @param {Classes} classes @param {number} size */
  function traceClasses(context, { winners, strength }, size) {
    for (const number of new Set(winners)) {
      for (let i = 0; i < shown.length; i++) shown[i] = (winners[i] === number ? 1 : -1) * (DOUBT + strength[i] / 255);
      traceContour(context, contour(shown, 0), size);
    }
  }

  return {
    /** @param {import('../../draw/base/palette.js').Palette} next */
    recolor(next) {
      palette = next;
      colors = {
        smooth: makeColormap(palette, PALE), flat: makeTwoColors(palette, PALE),
        classes: makeClassColors(palette, PALE, false), flatClasses: makeClassColors(palette, PALE, true),
      };
    },

    /** @param {CanvasRenderingContext2D} context @param {number} size px @param {Ground | null} ground @param {boolean} flat */
    paint(context, size, ground, flat) {
      const { map, classes, level } = ground ?? {};
      if (!ground || !(map || classes)) {
        context.fillStyle = palette.fill;
        context.fillRect(0, 0, size, size);
        return;
      }
      if (classes) paintWinners(classes, flat);
      else if (map) paintMap(map, ground, flat);
      grainContext.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = 'high';
      context.drawImage(grain, 0, 0, size, size);
      if (level === null || level === undefined) return;
      context.beginPath();
      if (classes) traceClasses(context, classes, size);
      else if (map) traceContour(context, contour(smoothMap(map.values, level, map.side, soft), level), size);
      context.strokeStyle = palette.ink;
      context.lineWidth = 2 * palette.link;
      context.lineJoin = 'round';
      context.stroke();
    },
  };
}
