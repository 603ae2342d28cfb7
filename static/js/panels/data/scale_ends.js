// @ts-check
// What the two ends and the middle of the colour scale stand for at the output.

import { readOutput } from '../../experiment/output.js';

/** @param {HTMLElement} root  with three places @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountScaleEnds(root, store) {
  const show = () => scaleEnds(store).forEach((value, i) => { root.children[i].textContent = text(value, i === 2); });
  show();
  return store.watch(['state'], show);
}

/** From orange to blue: the two targets of a class and where it turns, of values a unit below and above 0. @param {import('../../core/store.js').Store} store */
function scaleEnds(store) {
  const output = readOutput(store);
  if (output?.classes === 2) return output.numbers[0] === '0' ? [0, 0.5, 1] : [-1, 0, 1];
  return output?.classes === 0 ? [-output.unit, 0, output.unit] : [-1, 0, 1];
}

/** @param {number} value @param {boolean} signed */
const text = (value, signed) => `${signed && value > 0 ? '+' : ''}${String(Number(value.toPrecision(3))).replace('-', '−')}`;
