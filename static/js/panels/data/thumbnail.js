// @ts-check
// A data set as a small picture: its points, one of its pictures, or a sign where there is nothing to show yet.

import { contextOf } from '../../draw/base/canvas.js';
import { colorOf, makeColormap } from '../../draw/base/colormap.js';
import { traceMark } from '../../draw/plane/marks.js';
import { cssColor, readPalette } from '../../draw/base/palette.js';
import { WIDE, classOf, toPixels } from '../../draw/plane/plane.js';

const DOT = 1.5; // px
const FEW = 10; // points from which on they are drawn small

/**
 * @typedef {object} Picture
 * @property {import('../../draw/plane/plane.js').Point[]} [points]
 * @property {number} [classes]  0: targets are values
 * @property {import('../../draw/plane/plane.js').Extent} [extent]
 * @property {number[][] | null} [pixels]  rows of a grey picture, 0 … 1
 * @property {string} [sign]  where there are neither
 */

/** @param {HTMLCanvasElement} canvas @param {Picture} picture */
export function drawThumbnail(canvas, { points, classes = 2, extent = WIDE, pixels, sign = '' }) {
  const size = canvas.clientWidth;
  if (!size) return; // the panel steps back in projector use
  const palette = readPalette(document.documentElement);
  canvas.width = canvas.height = size * devicePixelRatio;
  const context = contextOf(canvas);
  context.scale(devicePixelRatio, devicePixelRatio);
  if (pixels) paintPixels(context, pixels, size, palette.ink);
  else if (points) {
    const colors = makeColormap(palette, 1);
    const dot = points.length < FEW ? DOT * 2.6 : DOT;
    const margin = DOT * 2;
    const unit = points.reduce((most, point) => Math.max(most, Math.abs(point[2])), 1);
    for (const [x1, x2, target] of points) {
      const [x, y] = toPixels(x1, x2, size - 2 * margin, extent).map((place) => place + margin);
      context.fillStyle = classes ? cssColor(palette.classes[classOf(target, classes)]) : colorOf(colors, target / unit);
      context.beginPath();
      if (classes) traceMark(context, classOf(target, classes), x, y, dot);
      else context.arc(x, y, dot, 0, 2 * Math.PI);
      context.fill();
    }
  } else {
    context.fillStyle = palette.soft;
    context.font = `${size * 0.42}px ${palette.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(sign, size / 2, size / 2);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number[][]} pixels @param {number} size @param {string} ink */
function paintPixels(context, pixels, size, ink) {
  const margin = size * 0.12;
  const cell = (size - 2 * margin) / pixels.length;
  context.fillStyle = ink;
  pixels.forEach((row, y) => row.forEach((value, x) => {
    context.globalAlpha = value;
    context.fillRect(margin + x * cell, margin + y * cell, cell + 0.3, cell + 0.3);
  }));
  context.globalAlpha = 1;
}
