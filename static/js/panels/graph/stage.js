// @ts-check
// The place of the drawing: as large as fits, but legible; what does not fit is scrolled to.

import { makeSvg } from './svg.js';

const MOST = 1.35; // zoom: larger would look empty
const LEGIBLE = 10; // px: the drawing is not made smaller than leaves its smallest text so high at a desk
const SMALLEST = 11.5; // px: that text, before zooming
const MARGIN = 14; // px round the drawing
const NEAR = 90; // px from a node's centre that are to be seen, too

/** @param {HTMLElement} root  empty */
export function createStage(root) {
  const svg = makeSvg('svg', { role: 'group' });
  root.append(svg);
  let least = 1; // zoom
  let zoom = 1;

  return {
    /** @param {string} label @param {number} unit  px per px at a desk */
    clear(label, unit) {
      least = LEGIBLE / SMALLEST / Math.sqrt(unit);
      svg.replaceChildren();
      svg.setAttribute('aria-label', label);
    },

    /** The widest drawing that fits without scrolling. */
    room: () => root.clientWidth / least - 2 * MARGIN,

    /** @param {{width: number, height: number}} size @param {SVGElement[]} parts */
    put(size, parts) {
      const [width, height] = [size.width + 2 * MARGIN, size.height + 2 * MARGIN];
      const plane = makeSvg('g', { transform: `translate(${MARGIN} ${MARGIN})` });
      plane.append(...parts);
      svg.append(plane);
      zoom = Math.min(MOST, Math.max(least, Math.min(root.clientWidth / width, root.clientHeight / height)));
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      svg.setAttribute('width', String(width * zoom));
      svg.setAttribute('height', String(height * zoom));
    },

    /** Scrolls the drawing, and only it, to a place in it; to its start where there is none. @param {import('../../draw/dag/dag.js').Point | undefined} place */
    reveal(place) {
      if (!place) {
        root.scrollTo(0, 0);
        return;
      }
      const [x, y] = [(place.x + MARGIN) * zoom, (place.y + MARGIN) * zoom];
      const margin = NEAR * zoom;
      if (x - margin < root.scrollLeft || x + margin > root.scrollLeft + root.clientWidth) root.scrollLeft = x - root.clientWidth / 2;
      if (y - margin < root.scrollTop || y + margin > root.scrollTop + root.clientHeight) root.scrollTop = y - root.clientHeight / 2;
    },
  };
}
