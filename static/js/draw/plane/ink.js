// @ts-check
// A drawing by hand as an input picture: moved and scaled as the pictures of the training set were.
// 8×8: a 32×32 bitmap filled to the edges, and of each 4×4 block the share that is ink, as in the Optical Recognition of
// Handwritten Digits set. 28×28: grey, its longer side 20 pixels, its centre of mass in the middle, as in MNIST.

const BITS = 32;
const BLOCK = 4;
const BOX = 20;
const BIT_THRESHOLD = 0.5; // ink at and above which a bit is set
const LEAST_INK = 0.06; // ink below it counts as none

/**
 * @param {ArrayLike<number>} ink  side², 0 … 1, row by row @param {number} side @param {number} wanted 8 or 28
 * @returns {number[] | null} wanted² values 0 … 1; null where nothing is drawn
 */
export function asPicture(ink, side, wanted) {
  const box = boundsOf(ink, side);
  if (!box) return null;
  return wanted === 28 ? centerByMass(ink, side, box) : countBits(ink, side, box);
}

/** @typedef {{left: number, top: number, width: number, height: number}} Box  px */

/** @param {ArrayLike<number>} ink @param {number} side @returns {Box | null} */
export function boundsOf(ink, side) {
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let i = 0; i < side * side; i++) {
    if (ink[i] < LEAST_INK) continue;
    const [x, y] = [i % side, Math.floor(i / side)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** @param {ArrayLike<number>} ink @param {number} side @param {Box} box */
function countBits(ink, side, { left, top, width, height }) {
  const pitch = Math.max(width, height) / BITS; // px of the drawing to a bit
  const [x0, y0] = [left + width / 2 - (BITS / 2) * pitch, top + height / 2 - (BITS / 2) * pitch];
  const across = BITS / BLOCK;
  const picture = new Array(across * across).fill(0);
  for (let row = 0; row < BITS; row++) {
    for (let column = 0; column < BITS; column++) {
      const set = mean(ink, side, x0 + column * pitch, y0 + row * pitch, pitch) >= BIT_THRESHOLD;
      if (set) picture[Math.floor(row / BLOCK) * across + Math.floor(column / BLOCK)] += 1 / (BLOCK * BLOCK);
    }
  }
  return picture;
}

/** @param {ArrayLike<number>} ink @param {number} side @param {Box} box */
function centerByMass(ink, side, { left, top, width, height }) {
  const pitch = Math.max(width, height) / BOX;
  let [mass, x, y] = [0, 0, 0];
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + width; column++) {
      const here = ink[row * side + column];
      [mass, x, y] = [mass + here, x + here * (column + 0.5), y + here * (row + 0.5)];
    }
  }
  const [x0, y0] = [x / mass - 14 * pitch, y / mass - 14 * pitch];
  return Array.from({ length: 28 * 28 }, (_, i) => mean(ink, side, x0 + (i % 28) * pitch, y0 + Math.floor(i / 28) * pitch, pitch));
}

/** The mean over a square, by a grid of samples at most a pixel apart. @param {ArrayLike<number>} ink @param {number} side @param {number} left @param {number} top @param {number} size */
function mean(ink, side, left, top, size) {
  const samples = Math.max(1, Math.ceil(size));
  let sum = 0;
  for (let i = 0; i < samples; i++) {
    const y = Math.floor(top + ((i + 0.5) * size) / samples);
    for (let k = 0; k < samples; k++) {
      const x = Math.floor(left + ((k + 0.5) * size) / samples);
      if (x >= 0 && y >= 0 && x < side && y < side) sum += ink[y * side + x];
    }
  }
  return sum / (samples * samples);
}

/**
 * A picture on a canvas, its pixels as squares.
 * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} values 0 … 1 @param {number} size px
 * @param {{ink: string, ground: string}} colors
 */
export function paintPicture(context, values, size, { ink, ground }) {
  const side = Math.round(Math.sqrt(values.length));
  const cell = size / side;
  context.globalAlpha = 1;
  context.fillStyle = ground;
  context.fillRect(0, 0, size, size);
  context.fillStyle = ink;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] > 0)) continue;
    context.globalAlpha = Math.min(1, values[i]);
    context.fillRect((i % side) * cell, Math.floor(i / side) * cell, cell + 0.3, cell + 0.3);
  }
  context.globalAlpha = 1;
}
