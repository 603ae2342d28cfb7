// @ts-check
// The pad's two pictures: what is drawn, large, and as the network sees it, in its own pixels.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { paintPicture } from '../../draw/plane/ink.js';
import { readPalette } from '../../draw/base/palette.js';
import { t } from '../../core/i18n.js';
import { createDigitInk } from './digit_ink.js';

const LEAST_SIZE = 30; // px

/** @param {HTMLCanvasElement} sheet @param {HTMLCanvasElement} seen @param {() => number} side  pixels a side of what the network takes */
export function createPadPicture(sheet, seen, side) {
  const context = contextOf(sheet);
  const ink = createDigitInk();
  let palette = readPalette(sheet);
  let size = 0; // px of the sheet
  /** @type {number[] | null} side², 0 … 1: what the network is asked about */
  let picture = null;
  let isExample = false; // of the training set, not a drawing

  function paintInvitation() {
    context.fillStyle = palette.soft;
    context.font = `${palette.small}px ${palette.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(t('pad.invite'), size / 2, size / 2, size - 12);
  }

  const colors = () => ({ ink: palette.ink, ground: palette.fill });

  function paint() {
    if (!size) return;
    if (isExample && picture) paintPicture(context, picture, size, colors());
    else {
      context.fillStyle = palette.fill;
      context.fillRect(0, 0, size, size);
      ink.drawTo(context, size, palette.ink);
    }
    if (!picture) paintInvitation();
    const seenSize = seen.clientWidth || LEAST_SIZE;
    fitCanvas(seen, seenSize, seenSize);
    paintPicture(contextOf(seen), picture ?? new Float32Array(side() ** 2), seenSize, colors());
  }

  return {
    ink,
    colors,
    paint,
    get size() { return size; },
    get picture() { return picture; },
    get isExample() { return isExample; },

    /** @param {number[] | null} next @param {boolean} example */
    change(next, example) {
      [picture, isExample] = [next, example];
      paint();
    },

    fit() {
      palette = readPalette(sheet);
      const row = /** @type {HTMLElement} */ (sheet.parentElement);
      size = Math.max(LEAST_SIZE, Math.floor(Math.min(row.clientWidth * 0.6, row.clientHeight)));
      fitCanvas(sheet, size, size);
    },
  };
}
