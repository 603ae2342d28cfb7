// @ts-check
// The pointer over the drawing: which link is under it, and what a click on a link opens.

import { tileAt } from '../../draw/network/layout.js';
import { nearestLink } from '../../draw/network/links.js';
import { subjectOfLink } from './subjects.js';

const REACH = 6; // px from the pointer within which a link is found

/**
 * @typedef {object} Pointed  what the parts of the panel share and the other panels need not know
 * @property {number} link  under the pointer or focused by keys; −1: none
 * @property {import('./subjects.js').Subject | null} focused  the weight or bias whose handle is focused by keys
 */

/**
 * @param {HTMLElement} plan  the element the drawing lies on
 * @param {import('./network_canvas.js').NetworkCanvas} canvas
 * @param {Pointed} pointed
 * @param {object} on
 * @param {() => void} on.change  another link is under the pointer
 * @param {(subject: import('./subjects.js').Subject) => void} on.open
 * @param {() => void} on.outside  pressed outside all tiles
 */
export function followPointer(plan, canvas, pointed, on) {
  /** @param {number} link */
  function point(link) {
    pointed.link = link;
    on.change();
  }

  plan.onpointermove = (event) => {
    const { drawing } = canvas;
    if (!drawing) return;
    const found = linkUnder(plan, drawing, event);
    if (found !== pointed.link) point(found);
  };
  plan.onclick = (event) => {
    const { drawing } = canvas;
    if (pointed.link < 0 || !drawing || (event.target instanceof Element && event.target.closest('button'))) return;
    on.open(subjectOfLink(drawing.shape, drawing.links, pointed.link));
  };
  plan.onpointerleave = () => point(-1);
  plan.onpointerdown = (event) => {
    if (event.target instanceof Element && !event.target.closest('.tile')) on.outside(); // a finger does not leave a tile, it is put elsewhere
  };
}

/** The link under the pointer, or whose number label is; −1: none. @param {HTMLElement} plan @param {import('./drawing_type.js').Drawing} drawing @param {PointerEvent} event */
function linkUnder(plan, { links, layout }, { target, clientX, clientY }) {
  const label = target instanceof HTMLElement && target.closest('.on-number');
  if (label instanceof HTMLElement) return Number(label.dataset.link);
  const box = plan.getBoundingClientRect();
  const [x, y] = [clientX - box.left, clientY - box.top];
  const isFree = target instanceof Element && !target.closest('button:not(.hold), .head, .gradient-norms') && !tileAt(layout, x, y);
  return isFree ? nearestLink(links, x, y, REACH) : -1;
}
