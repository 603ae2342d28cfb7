// @ts-check
// Digits of the training set, as buttons.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { paintPicture } from '../../draw/plane/ink.js';
import { t } from '../../core/i18n.js';

const SHOWN = 10;
const LEAST_SIZE = 30; // px

/**
 * @param {HTMLElement} root
 * @param {{label: number, pixels: number[]}[]} samples  pixels: 0 … 255
 * @param {{ink: string, ground: string}} colors
 * @param {(picture: number[]) => void} choose  picture: 0 … 1
 */
export function showExampleDigits(root, samples, colors, choose) {
  root.replaceChildren(...samples.slice(0, SHOWN).map(({ pixels, label }, i) => {
    const picture = pixels.map((value) => value / 255);
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.testid = `example-${i}`;
    button.title = t('pad.example', { label });
    button.setAttribute('aria-label', button.title);
    const canvas = document.createElement('canvas');
    button.append(canvas);
    button.onclick = () => choose(picture);
    requestAnimationFrame(() => { // once it has a size
      const width = canvas.clientWidth || LEAST_SIZE;
      fitCanvas(canvas, width, width);
      paintPicture(contextOf(canvas), picture, width, colors);
    });
    return button;
  }));
}
