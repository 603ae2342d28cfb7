// @ts-check
// The canvas of the sweep map: cells, axes, the ring of the run on the page; pointing at a cell, opening it, and choosing a
// part of the map by dragging. A finger's first tap points at a cell, its second one opens it.

import { emptyCanvas } from '../../draw/base/canvas.js';
import { shortNumber } from '../../draw/base/numbers.js';
import { readPalette } from '../../draw/base/palette.js';
import { axisMarks, cellBox, drawCellMap } from '../../draw/chart/cell_map.js';

/**
 * @typedef {object} Shown  what the map shows
 * @property {import('../../draw/chart/cell_map.js').CellMap} map
 * @property {{name: string, values: number[], own: number | null}[]} axes  across and up; own: the value of the run on the page
 * @property {(number | null)[]} here  where the run on the page is, across and up; null: it is not on the map
 * @property {[number, number] | null} range  what the colors reach from and to, the best first; null: nothing known
 */
/** @typedef {{x: number, y: number}} Place */

const DRAGGED = 8; // px: less is a click

/**
 * @typedef {object} Pointer  where on the canvas the person is
 * @property {Place | null} cell
 * @property {{from: [number, number], to: [number, number]} | null} drag  px
 */
/** @typedef {{point: (place: Place | null) => void, open: (place: Place) => void, zoom: (from: Place, to: Place) => void}} Reactions */

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} tip  the numbers of the cell that is pointed at @param {Reactions} react */
export function createSweepMap(canvas, tip, react) {
  /** @type {Shown | null} */
  let shown = null;
  let box = { left: 0, top: 0, width: 1, height: 1 };
  /** @type {Pointer} */
  const pointer = { cell: null, drag: null };

  function paint() {
    const empty = emptyCanvas(canvas);
    if (!empty || !shown) return;
    const { context, width, height } = empty;
    const palette = readPalette(canvas);
    box = boxIn(width, height, palette.small);
    drawCellMap(context, box, shown.map, palette);
    drawAxes(context, box, shown, palette);
    drawRing(context, box, shown, palette);
    if (pointer.cell) outline(context, cellBox(box, shown.map, pointer.cell.x, pointer.cell.y), palette);
    if (pointer.drag) outline(context, rectangle(pointer.drag), palette);
  }

  /** @param {Place | null} place */
  function point(place) {
    pointer.cell = place;
    react.point(place);
    paint();
  }

  listenToPointer(canvas, pointer, (x, y) => (shown ? placeIn(box, shown.map, x, y) : null), { ...react, point });
  listenToTaps(tip, () => pointer.cell && react.open(pointer.cell));
  listenToKeys(canvas, pointer, () => shown?.map ?? null, { ...react, point });
  return {
    /** @param {Shown | null} now */
    show(now) {
      const { cell } = pointer;
      if (!now || (cell && (cell.x >= now.map.columns || cell.y >= now.map.rows))) pointer.cell = null;
      shown = now;
      paint();
    },
    pointed: () => pointer.cell,
    /** The middle of a cell, px. @param {Place} place */
    middleOf(place) {
      const cell = shown ? cellBox(box, shown.map, place.x, place.y) : box;
      return { x: cell.left + cell.width / 2, y: cell.top + cell.height / 2 };
    },
  };
}

/** @param {HTMLCanvasElement} canvas @param {Pointer} pointer @param {(x: number, y: number) => Place | null} placeAt @param {Reactions} react */
function listenToPointer(canvas, pointer, placeAt, react) {
  /** @type {Place | null} */
  let toOpen = null; // by the click that follows
  /** @type {Place | null} */
  let before = null; // pointed at when it was pressed
  canvas.onpointermove = ({ offsetX, offsetY }) => {
    if (pointer.drag) pointer.drag.to = [offsetX, offsetY];
    react.point(placeAt(offsetX, offsetY));
  };
  canvas.onpointerleave = ({ pointerType }) => { if (!pointer.drag && pointerType !== 'touch') react.point(null); };
  canvas.onpointerdown = (event) => {
    before = pointer.cell;
    pointer.drag = { from: [event.offsetX, event.offsetY], to: [event.offsetX, event.offsetY] };
    canvas.setPointerCapture(event.pointerId);
  };
  canvas.onpointercancel = () => { pointer.drag = null; };
  canvas.onpointerup = ({ pointerType }) => {
    const { drag } = pointer;
    if (!drag) return;
    pointer.drag = null;
    const [from, to] = [placeAt(...drag.from), placeAt(...drag.to)];
    const moved = Math.hypot(drag.to[0] - drag.from[0], drag.to[1] - drag.from[1]);
    const opens = moved <= DRAGGED && (pointerType !== 'touch' || (before?.x === to?.x && before?.y === to?.y));
    toOpen = opens ? to : null;
    react.point(to);
    if (from && to && moved > DRAGGED && (from.x !== to.x || from.y !== to.y)) react.zoom(from, to);
  };
  canvas.onclick = () => { if (toOpen) react.open(toOpen); };
}

/** A finger opens a small cell by its numbers, too. They come under the finger that asks for them, whose click is not for them. @param {HTMLElement} tip @param {() => void} tapped */
function listenToTaps(tip, tapped) {
  let isPressed = false;
  tip.onpointerdown = () => { isPressed = true; };
  tip.onclick = () => {
    if (isPressed) tapped();
    isPressed = false;
  };
}

/** @param {HTMLCanvasElement} canvas @param {Pointer} pointer @param {() => {columns: number, rows: number} | null} sizeOf @param {Reactions} react */
function listenToKeys(canvas, pointer, sizeOf, react) {
  canvas.onkeydown = (event) => {
    const [size, move] = [sizeOf(), { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]];
    if (!size || (!move && event.key !== 'Enter')) return;
    event.preventDefault();
    if (!move) {
      if (pointer.cell) react.open(pointer.cell);
      return;
    }
    const { x, y } = pointer.cell ?? { x: Math.floor(size.columns / 2), y: Math.floor(size.rows / 2) };
    react.point({ x: Math.min(size.columns - 1, Math.max(0, x + move[0])), y: Math.min(size.rows - 1, Math.max(0, y + move[1])) });
  };
}

/** @param {import('../../draw/chart/cell_map.js').Box} box @param {{columns: number, rows: number}} size @param {number} x @param {number} y px @returns {Place | null} */
function placeIn(box, { columns, rows }, x, y) {
  if (x < box.left || x >= box.left + box.width || y < box.top || y >= box.top + box.height) return null;
  return { x: Math.floor(((x - box.left) / box.width) * columns), y: rows - 1 - Math.floor(((y - box.top) / box.height) * rows) };
}

/** @param {number} width @param {number} height @param {number} small */
function boxIn(width, height, small) {
  const [left, below] = [4.6 * small, 3 * small];
  return { left, top: 4, width: Math.max(20, width - left - 1.5 * small), height: Math.max(20, height - below - 4) };
}

/** @param {{from: [number, number], to: [number, number]}} drag */
function rectangle({ from, to }) {
  return { left: Math.min(from[0], to[0]), top: Math.min(from[1], to[1]), width: Math.abs(to[0] - from[0]), height: Math.abs(to[1] - from[1]) };
}

/** @param {CanvasRenderingContext2D} context @param {import('../../draw/chart/cell_map.js').Box} at @param {import('../../draw/base/palette.js').Palette} palette */
function outline(context, at, palette) {
  context.strokeStyle = palette.ink;
  context.lineWidth = 2 * palette.link;
  context.strokeRect(at.left, at.top, at.width, at.height);
}

/** @param {CanvasRenderingContext2D} context @param {import('../../draw/chart/cell_map.js').Box} box @param {Shown} shown @param {import('../../draw/base/palette.js').Palette} palette */
function drawAxes(context, box, { axes, map }, palette) {
  const { small } = palette;
  const bottom = box.top + box.height;
  context.font = `${small}px ${palette.font}`;
  context.fillStyle = palette.soft;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const { place, value } of axisMarks(axes[0].values, Math.floor(box.width / (5 * small)))) {
    const x = box.left + ((place + 0.5) / map.columns) * box.width;
    context.fillText(shortNumber(value), x, bottom + 0.4 * small);
  }
  context.fillText(axes[0].name, box.left + box.width / 2, bottom + 1.7 * small);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const { place, value } of axisMarks(axes[1].values, Math.floor(box.height / (2.6 * small)))) {
    const y = bottom - ((place + 0.5) / map.rows) * box.height;
    context.fillText(shortNumber(value), box.left - 0.5 * small, Math.max(small / 2, y));
  }
  context.save();
  context.translate(0.6 * small, box.top + box.height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'center';
  context.fillText(axes[1].name, 0, 0);
  context.restore();
}

/** The run on the page, where it lies on the map. @param {CanvasRenderingContext2D} context @param {import('../../draw/chart/cell_map.js').Box} box @param {Shown} shown @param {import('../../draw/base/palette.js').Palette} palette */
function drawRing(context, box, { map, here: [x, y] }, palette) {
  if (x === null || y === null) return;
  const [left, top] = [box.left + ((x + 0.5) / map.columns) * box.width, box.top + box.height - ((y + 0.5) / map.rows) * box.height];
  for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, 5], [palette.ink, 2]])) {
    context.beginPath();
    context.arc(left, top, 8 * palette.link, 0, 2 * Math.PI);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}
