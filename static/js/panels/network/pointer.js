// @ts-check
// The pointer over the drawing: which link is under it, and what a click on a link opens. What a finger has touched stays
// hovered until it touches something else.

import { tileAt } from '../../draw/network/layout.js';
import { nearestLink } from '../../draw/network/links.js';
import { subjectOfLink } from './subjects.js';

const REACH = { mouse: 6, finger: 16 }; // px from the pointer within which a link is found

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
 * @param {() => void} on.outside  clicked where no neuron is looked at
 * @returns {() => void} undo
 */
export function followPointer(plan, canvas, pointed, on) {
  /** @param {number} link */
  function point(link) {
    pointed.link = link;
    on.change();
  }

  let isFinger = false; // that pressed last: not every browser says so of a click
  plan.onpointermove = (event) => {
    const { drawing } = canvas;
    if (!drawing || event.pointerType === 'touch') return; // it scrolls
    const found = linkUnder(plan, drawing, event, REACH.mouse);
    if (found !== pointed.link) point(found);
  };
  plan.onpointerleave = ({ pointerType }) => pointerType === 'touch' || point(-1);
  plan.onpointerdown = ({ pointerType }) => { isFinger = pointerType === 'touch'; };
  plan.onclick = (event) => {
    const { drawing } = canvas;
    if (!drawing) return;
    if (isFinger) point(linkUnder(plan, drawing, event, REACH.finger));
    if (pointed.link < 0 || (event.target instanceof Element && event.target.closest('button'))) return;
    on.open(subjectOfLink(drawing.shape, drawing.links, pointed.link));
  };

  /** The map shows the neuron, and the inspector tells of it. A key or a program that clicks points at nothing: detail is 0. @param {MouseEvent} event */
  const clicked = ({ target, detail }) => {
    if (!detail || !(target instanceof Element) || target.closest('.tile, .plane, .inspector')) return;
    on.outside();
    if (!plan.contains(target)) point(-1);
  };
  document.addEventListener('click', clicked, { capture: true });
  return () => document.removeEventListener('click', clicked, { capture: true });
}

/** The link under the pointer: where a handle lies, the one that a click on it opens; −1: none. @param {HTMLElement} plan @param {import('./drawing_type.js').Drawing} drawing @param {MouseEvent} event @param {number} reach px */
function linkUnder(plan, { links, layout }, { target, clientX, clientY }, reach) {
  const handle = target instanceof HTMLElement && target.closest('.hold');
  if (handle instanceof HTMLElement) return Number(handle.dataset.link ?? -1);
  const box = plan.getBoundingClientRect();
  const [x, y] = [clientX - box.left, clientY - box.top];
  const isFree = target instanceof Element && !target.closest('button, .head, .gradient-norms') && !tileAt(layout, x, y);
  return isFree ? nearestLink(links, x, y, reach) : -1;
}
