// @ts-check
// The ink of a digit drawn by hand, on a canvas of its own whose size does not depend on the page's.

import { contextOf } from '../../draw/base/canvas.js';
import { asPicture } from '../../draw/plane/ink.js';

export const INK_SIDE = 140; // px
const PEN = 0.115; // width, as a share of the side
/** Width and opacity of the lines a stroke is made of: a wider, paler one makes its edge soft. */
const LINES = [[1.25, 0.35], [1, 1]];

export function createDigitInk() {
  const canvas = makeCanvas();
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));

  return {
    /** @param {[number, number]} from @param {[number, number]} to  px of the ink's canvas */
    stroke(from, to) {
      ink.lineCap = ink.lineJoin = 'round';
      ink.strokeStyle = '#000';
      for (const [width, alpha] of LINES) {
        ink.globalAlpha = alpha;
        ink.lineWidth = PEN * INK_SIDE * width;
        ink.beginPath();
        ink.moveTo(...from);
        ink.lineTo(to[0], to[1] + 0.01); // a line without length is not drawn, and a dot is to be
        ink.stroke();
      }
    },

    clear() { ink.clearRect(0, 0, INK_SIDE, INK_SIDE); },

    /** As the network takes it. @param {number} side  pixels @returns {number[] | null} side², 0 … 1; null where nothing is drawn */
    toPicture(side) {
      const { data } = ink.getImageData(0, 0, INK_SIDE, INK_SIDE);
      const alpha = new Float32Array(INK_SIDE * INK_SIDE);
      for (let i = 0; i < alpha.length; i++) alpha[i] = data[4 * i + 3] / 255;
      return asPicture(alpha, INK_SIDE, side);
    },

    /** In a colour. @param {CanvasRenderingContext2D} context @param {number} size px @param {string} color */
    drawTo(context, size, color) {
      const colored = makeCanvas();
      const layer = contextOf(colored);
      layer.drawImage(canvas, 0, 0);
      layer.globalCompositeOperation = 'source-in';
      layer.fillStyle = color;
      layer.fillRect(0, 0, INK_SIDE, INK_SIDE);
      context.drawImage(colored, 0, 0, size, size);
    },
  };
}

function makeCanvas() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = INK_SIDE;
  return canvas;
}
