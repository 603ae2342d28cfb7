// @ts-check
// The numbers at the two ends and in the middle of the colour scale.

import { write } from '../../core/elements.js';
import { watchNumbers } from '../../core/throttle.js';
import { readColorRange } from '../../experiment/color_range.js';

/** @param {HTMLElement} root  with three places @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountScaleEnds(root, store) {
  const show = () => readColorRange(store).forEach((value, i) => write(root.children[i], text(value, i === 2)));
  show();
  const stops = [store.watch(['hovered', 'spec'], show), watchNumbers(store, show)];
  return () => stops.forEach((stop) => stop());
}

/** @param {number} value @param {boolean} signed */
const text = (value, signed) => `${signed && value > 0 ? '+' : ''}${String(Number(value.toPrecision(3))).replace('-', '−')}`;
