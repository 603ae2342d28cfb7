// @ts-check
// A ring around a place of the page for a moment, brought into view. It lies over the page, so that no panel cuts it off.

const AROUND = 4; // px between a place and its ring
const EDGE = 2; // px the ring keeps from the edges of the window

/** Scrolls page and drawing as little as brings it into view. @param {Element} place @param {number} top  px that the page's own bar covers */
function bringIntoView(place, top) {
  const stage = place.closest('.stage');
  if (stage) {
    const [view, box] = [stage.getBoundingClientRect(), place.getBoundingClientRect()];
    stage.scrollLeft += Math.min(0, box.left - AROUND - view.left) + Math.max(0, box.right + AROUND - view.right);
  }
  const { top: above, bottom: below, height } = place.getBoundingClientRect();
  if (above < top || below > innerHeight) scrollBy(0, (above + below) / 2 - Math.max((top + innerHeight) / 2, top + AROUND + height / 2));
}

/**
 * @param {Element[]} places @param {number} time  milliseconds
 * @returns {() => void} ends it at once
 */
export function ringAround(places, time) {
  const bar = document.querySelector('.transport');
  const covered = bar && getComputedStyle(bar).position === 'sticky' ? bar.clientHeight + AROUND : 0;
  if (places.length) bringIntoView(places[0], covered);
  const rings = places.map((place) => {
    const ring = document.createElement('div');
    ring.className = 'pointed';
    ring.setAttribute('aria-hidden', 'true');
    document.body.append(ring);
    return { place, ring };
  });
  const lay = () => {
    for (const { place, ring } of rings) {
      const { left, top, right, bottom } = place.getBoundingClientRect();
      const [x, y] = [Math.max(EDGE, left - AROUND), Math.max(EDGE, top - AROUND)];
      ring.style.left = `${x}px`;
      ring.style.top = `${y}px`;
      ring.style.width = `${Math.min(innerWidth - EDGE, right + AROUND) - x}px`;
      ring.style.height = `${Math.min(innerHeight - EDGE, bottom + AROUND) - y}px`;
      ring.hidden = !place.isConnected || right <= left || bottom < covered || top > innerHeight;
    }
  };
  lay();
  addEventListener('scroll', lay, true); // of the drawing, too
  addEventListener('resize', lay);
  const end = () => {
    clearTimeout(timer);
    removeEventListener('scroll', lay, true);
    removeEventListener('resize', lay);
    for (const { ring } of rings) ring.remove();
  };
  const timer = setTimeout(end, time);
  return end;
}
