// @ts-check
// Drawing by mouse, finger or pen: places or drags a point, sprays points with the brush, erases.

import { WIDE, isOutside, toPlane } from '../../draw/plane/plane.js';
import { ERASER_RADIUS } from './point_editing.js';
import { nearestIndex } from './point_history.js';

const PICK_RADIUS = 9; // px from the pointer within which a point is picked up
const SPRAY_EVERY = 40; // milliseconds between two points of the brush
const SPRAY_DEVIATION = 0.45; // standard deviation of where they fall, in coordinates

/**
 * @param {HTMLCanvasElement} canvas  of the plane
 * @param {import('./point_editor.js').Drawing} drawing
 * @param {import('./point_editing.js').PointEditing} editing
 * @param {() => boolean} isActive
 */
export function listenToPointer(canvas, drawing, editing, isActive) {
  let dragged = -1; // index of the point that follows the pointer
  let spraying = 0;
  /** @type {[number, number]} */
  let pointer = [0, 0]; // x1, x2
  const moveTo = (/** @type {PointerEvent} */ event) => { pointer = toPlane(event.offsetX, event.offsetY, canvas.clientWidth); };
  const pickRadius = () => (PICK_RADIUS * (WIDE.high - WIDE.low)) / canvas.clientWidth;

  function spray() {
    const [x1, x2] = sprayed(pointer);
    if (!isOutside([x1, x2])) editing.add(x1, x2);
  }

  function pickOrAdd() {
    dragged = nearestIndex(drawing.history.points, ...pointer, pickRadius());
    if (dragged >= 0) return;
    editing.add(...pointer);
    dragged = nearestIndex(drawing.history.points, ...pointer, 0.01);
  }

  /** @param {PointerEvent} event */
  function down(event) {
    if (!isActive() || (event.button !== 0 && event.button !== 2)) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    drawing.history.beginStroke();
    drawing.cursor = null;
    moveTo(event);
    if (event.button === 2) editing.erase(...pointer, pickRadius());
    else if (drawing.tool === 'erase') editing.erase(...pointer, ERASER_RADIUS);
    else if (drawing.tool === 'brush') {
      spray();
      spraying = window.setInterval(spray, SPRAY_EVERY);
    } else pickOrAdd();
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!isActive() || !canvas.hasPointerCapture(event.pointerId)) return;
    moveTo(event);
    if (dragged >= 0) editing.move(dragged, ...pointer);
    else if (drawing.tool === 'erase') editing.erase(...pointer, ERASER_RADIUS);
  }

  function endStroke() {
    clearInterval(spraying);
    dragged = -1;
    drawing.history.endStroke();
  }

  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, endStroke);
  canvas.addEventListener('contextmenu', (event) => isActive() && event.preventDefault());
  return { endStroke };
}

/** A place around the pointer, normally distributed (Box and Muller 1958). @param {[number, number]} pointer @returns {[number, number]} */
function sprayed([x1, x2]) {
  const angle = 2 * Math.PI * Math.random();
  const distance = SPRAY_DEVIATION * Math.sqrt(-2 * Math.log(1 - Math.random()));
  return [x1 + distance * Math.cos(angle), x2 + distance * Math.sin(angle)];
}
