// @ts-check
// The place of the drawing: as large as fits, but legible; what does not fit is scrolled to or dragged into sight, or all of it
// is shown in small.

import { makeDraggable } from './draggable.js';
import { makeSvg } from './svg.js';

const MOST = 1.35; // zoom: larger would look empty on a screen of that height
const MOST_FOR = 768; // px
const LEGIBLE = 10; // px: the drawing is not made smaller than leaves its smallest text so high at a desk
const SMALLEST = 11.5; // px: that text, before zooming
const SEEN_FROM_AFAR = 0.012; // of the window's height, that the smallest text has on a projector
const MARGIN = 14; // px round the drawing
const NEARLY = 0.93; // a drawing that is larger than its place by less than that is shown whole, a little smaller than legible
const NEAR = 90; // px from a node's centre that are to be seen, too

/** @param {HTMLElement} root  empty @param {HTMLButtonElement} fit  shows all of it, where not all is to be seen */
export function createStage(root, fit) {
  const svg = makeSvg('svg', { role: 'group' });
  root.append(svg);
  let least = 1; // zoom
  let zoom = 1;
  let size = { width: 1, height: 1 }; // of the drawing, with its margin
  let whole = false;

  function scale() {
    const fitting = Math.min(root.clientWidth / size.width, root.clientHeight / size.height);
    const most = MOST * Math.max(1, innerHeight / MOST_FOR);
    const fits = fitting >= NEARLY * least;
    zoom = Math.min(most, whole || fits ? fitting : least);
    fit.hidden = fits;
    fit.setAttribute('aria-pressed', String(whole));
    svg.setAttribute('width', String(size.width * zoom));
    svg.setAttribute('height', String(size.height * zoom));
    root.classList.toggle('wide', zoom > fitting);
  }

  fit.onclick = () => {
    whole = !whole;
    scale();
  };

  return {
    /** @param {string} label @param {number} unit  px per px at a desk */
    clear(label, unit) {
      const afar = unit > 1 ? (SEEN_FROM_AFAR * innerHeight) / (SMALLEST * unit) : 0;
      least = Math.max(LEGIBLE / SMALLEST / Math.sqrt(unit), afar);
      svg.replaceChildren();
      svg.setAttribute('aria-label', label);
    },

    /** The widest drawing that fits without scrolling. */
    room: () => root.clientWidth / least - 2 * MARGIN,

    /** @param {{width: number, height: number}} drawing @param {SVGElement[]} parts */
    put(drawing, parts) {
      size = { width: drawing.width + 2 * MARGIN, height: drawing.height + 2 * MARGIN };
      const plane = makeSvg('g', { transform: `translate(${MARGIN} ${MARGIN})` });
      plane.append(...parts);
      svg.append(plane);
      svg.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
      scale();
    },

    /** Scrolls the drawing, and only it, to a place in it; to its start where there is none. @param {import('../../draw/dag/dag.js').Point | undefined} place */
    reveal(place) {
      if (place) scrollTo(root, (place.x + MARGIN) * zoom, (place.y + MARGIN) * zoom, NEAR * zoom);
      else root.scrollTo(0, 0);
    },

    stop: makeDraggable(root),
  };
}

/** Scrolls to a place where it is not to be seen with a margin round it. @param {HTMLElement} root @param {number} x @param {number} y @param {number} margin */
function scrollTo(root, x, y, margin) {
  if (x - margin < root.scrollLeft || x + margin > root.scrollLeft + root.clientWidth) root.scrollLeft = x - root.clientWidth / 2;
  if (y - margin < root.scrollTop || y + margin > root.scrollTop + root.clientHeight) root.scrollTop = y - root.clientHeight / 2;
}
