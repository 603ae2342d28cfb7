// @ts-check
// Text and marks beside the tiles: the inputs' names, which class each output stands for, how many neurons of a column are
// drawn.

import { cssColor } from '../../draw/base/palette.js';
import { traceMark } from '../../draw/plane/marks.js';
import { t } from '../../core/i18n.js';
import { inputLabel } from '../../experiment/names.js';

const MARK_GAP = 5; // px between an output's tile and its mark

/** @typedef {import('./drawing_type.js').Drawing} Drawing */

/** Whether outputs have marks. @param {import('./shape.js').Shape} shape */
export const hasOutputMarks = ({ outputs, classes }) => outputs > 1 && classes > 0;

/** Whether only some of a column's neurons are drawn. @param {import('./shape.js').Shape} shape @param {number} column */
export const isPartlyDrawn = ({ drawn, sizes }, column) => drawn[column].length < sizes[column];

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing */
export function paintInputNames(context, { shape, layout, palette }) {
  context.font = `${palette.text}px ${palette.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const { left, top } = layout.columns[0];
  const edge = Math.min(...left) - 8;
  shape.drawn[0].forEach((input, row) => {
    context.fillStyle = shape.used.includes(row) ? palette.ink : palette.soft;
    context.fillText(inputLabel(input, shape), edge, top[row] + layout.tile / 2);
  });
}

/** The mark of each output's class; its number where the inputs are no plane with marks on it. @param {CanvasRenderingContext2D} context @param {Drawing} drawing */
export function paintOutputMarks(context, { shape, layout, palette }) {
  const { columns, tile } = layout;
  const { left, top } = columns[columns.length - 1];
  const radius = palette.text * 0.36;
  context.font = `${palette.text}px ${palette.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  shape.drawn[shape.drawn.length - 1].forEach((number, k) => {
    const [x, y] = [left[k] + tile + MARK_GAP, top[k] + tile / 2];
    context.fillStyle = number < palette.classes.length && shape.features.length ? cssColor(palette.classes[number]) : palette.ink;
    if (!shape.features.length) context.fillText(String(number), x, y);
    else {
      context.beginPath();
      traceMark(context, number, x + radius * 1.2, y, radius);
      context.fill();
    }
  });
}

/** Under a column of which only some neurons are drawn: how many of how many. @param {CanvasRenderingContext2D} context @param {Drawing} drawing */
export function paintColumnNotes(context, { shape, layout, palette }) {
  context.font = `${palette.small}px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillStyle = palette.soft;
  shape.drawn.forEach(({ length }, column) => {
    if (isPartlyDrawn(shape, column)) context.fillText(t('network.some_drawn', { count: length, all: shape.sizes[column] }), layout.columns[column].center, layout.height);
  });
}
