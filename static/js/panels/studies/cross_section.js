// @ts-check
// A cross-section of the map as a curve: the values of the row that is pointed at.

import { emptyCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { axisMarks } from '../../draw/chart/cell_map.js';
import { shortNumber } from '../../draw/base/numbers.js';

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{values: number[], row: (number | null)[], chosen: number, log: boolean}} section  log: of the values that the curve goes through
 */
export function drawSection(canvas, { values, row, chosen, log }) {
  const empty = emptyCanvas(canvas, canvas);
  if (!empty) return;
  const { context, width, height } = empty;
  const known = /** @type {number[]} */ (row.filter((value) => value !== null && (!log || value > 0)));
  if (known.length < 2) return;
  const palette = readPalette(canvas);
  const { small } = palette;
  const scale = log ? Math.log : (/** @type {number} */ value) => value;
  const [low, high] = [scale(Math.min(...known)), scale(Math.max(...known))];
  const box = { left: 5.4 * small, top: small, width: width - 7 * small, height: height - 3 * small };
  const x = (/** @type {number} */ place) => box.left + (place / (values.length - 1)) * box.width;
  const y = (/** @type {number} */ value) => box.top + (1 - (scale(value) - low) / (high - low || 1)) * box.height;
  context.font = `${small}px ${palette.font}`;
  context.fillStyle = palette.soft;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const value of [Math.max(...known), Math.min(...known)]) context.fillText(shortNumber(value), box.left - 6, y(value));
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const { place, value } of axisMarks(values, Math.floor(box.width / (8 * small)))) context.fillText(shortNumber(value), x(place), box.top + box.height + 8);
  context.beginPath();
  let open = false;
  row.forEach((value, place) => {
    const drawn = value !== null && (!log || value > 0);
    if (drawn) context[open ? 'lineTo' : 'moveTo'](x(place), y(value));
    open = drawn;
  });
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.8 * palette.link;
  context.stroke();
  const value = row[chosen];
  if (value === null || value === undefined || (log && value <= 0)) return;
  context.beginPath();
  context.arc(x(chosen), y(value), 4 * palette.link, 0, 2 * Math.PI);
  context.fillStyle = palette.ink;
  context.fill();
}
