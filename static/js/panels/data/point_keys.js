// @ts-check
// Drawing by keyboard: arrows move a cursor over the plane, Enter adds or erases there; undo, redo and classes by key.

import { overlayIsOpen } from '../../core/elements.js';
import { WIDE } from '../../draw/plane/plane.js';
import { ERASER_RADIUS } from './point_editing.js';

const [STEP, LARGE_STEP] = [0.2, 1]; // of the cursor, in coordinates; the large one with Shift
const DIRECTIONS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });

/** On a grid of tenths, within the plane. @param {number} coordinate */
const onGrid = (coordinate) => Math.min(WIDE.high, Math.max(WIDE.low, Math.round(coordinate * 10) / 10));

/**
 * @param {import('./types.js').Drawing} drawing
 * @param {import('./point_editing.js').PointEditing} editing
 * @param {{isActive: () => boolean, show: () => void, leave: () => void}} mode
 */
export function createKeys(drawing, editing, { isActive, show, leave }) {
  /** @param {KeyboardEvent} event */
  function moveCursor(event) {
    const [right, up] = DIRECTIONS[event.key];
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const [x1, x2] = drawing.cursor ?? [0, 0];
    drawing.cursor = [onGrid(x1 + right * step), onGrid(x2 + up * step)];
    show();
  }

  /** @param {KeyboardEvent} event on the plane */
  function pressOnPlane(event) {
    if (!isActive() || event.altKey) return;
    if (event.key in DIRECTIONS && !event.ctrlKey && !event.metaKey) moveCursor(event);
    else if (event.key === 'Enter' || event.key === ' ') {
      const cursor = drawing.cursor ??= [0, 0];
      if (drawing.tool === 'erase') editing.erase(...cursor, ERASER_RADIUS);
      else editing.add(...cursor);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && drawing.cursor) editing.erase(...drawing.cursor, ERASER_RADIUS);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrow to the right would take a training step
  }

  /** @param {KeyboardEvent} event anywhere */
  function pressAnywhere(event) {
    if (!isActive() || (event.target instanceof Element && event.target.matches('input, select, textarea'))) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== 'z' && key !== 'y') return;
      if (key === 'y' || event.shiftKey) editing.redo();
      else editing.undo();
    } else if (/^[1-8]$/.test(key) && !drawing.values) editing.chooseClass(Number(key) - 1);
    else if (key === 'escape' && !event.defaultPrevented && !overlayIsOpen()) leave();
    else return;
    event.preventDefault();
  }

  return {
    pressOnPlane,
    /** @returns {() => void} undo */
    listen() {
      document.addEventListener('keydown', pressAnywhere);
      return () => document.removeEventListener('keydown', pressAnywhere);
    },
  };
}
