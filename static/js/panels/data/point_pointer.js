// @ts-check
// Drawing by mouse, finger or pen: places or drags a point, sprays points with the brush, erases.

import { isOutside } from '../../draw/plane/plane.js';
import { ERASER_RADIUS } from './point_editing.js';
import { nearestIndex } from './point_history.js';

const PICK_RADIUS = 9; // px from the pointer within which a point is picked up
const SPRAY_EVERY = 40; // milliseconds between two points of the brush
const SPRAY_DEVIATION = 0.45; // standard deviation of where they fall, in coordinates

/**
 * @param {import('./types.js').Plane} plane
 * @param {import('./types.js').Drawing} drawing
 * @param {import('./point_editing.js').PointEditing} editing
 */
export function createPointer(plane, drawing, editing) {
  let dragged = -1; // index of the point that follows the pointer
  let spraying = 0;
  /** @type {[number, number]} */
  let pointer = [0, 0]; // x1, x2
  const pickRadius = () => plane.toCoordinates(PICK_RADIUS);

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

  /** @param {[number, number]} place x1, x2 @param {number} button  2: the secondary one, which erases */
  function down(place, button) {
    drawing.history.beginStroke();
    drawing.cursor = null;
    pointer = place;
    if (button === 2) editing.erase(...pointer, pickRadius());
    else if (drawing.tool === 'erase') editing.erase(...pointer, ERASER_RADIUS);
    else if (drawing.tool === 'brush') {
      spray();
      spraying = window.setInterval(spray, SPRAY_EVERY);
    } else pickOrAdd();
  }

  /** @param {[number, number]} place x1, x2 */
  function drag(place) {
    pointer = place;
    if (dragged >= 0) editing.move(dragged, ...pointer);
    else if (drawing.tool === 'erase') editing.erase(...pointer, ERASER_RADIUS);
  }

  function endStroke() {
    clearInterval(spraying);
    dragged = -1;
    drawing.history.endStroke();
  }

  return { down, drag, endStroke };
}

/** A place around the pointer, normally distributed (Box and Muller 1958). @param {[number, number]} pointer @returns {[number, number]} */
function sprayed([x1, x2]) {
  const angle = 2 * Math.PI * Math.random();
  const distance = SPRAY_DEVIATION * Math.sqrt(-2 * Math.log(1 - Math.random()));
  return [x1 + distance * Math.cos(angle), x2 + distance * Math.sin(angle)];
}
