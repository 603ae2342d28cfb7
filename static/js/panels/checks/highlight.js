// @ts-check
// Frames elements of the page for a moment and brings the first into view. The frames lie over the page, so that no panel
// cuts them off.

const MARGIN = 4; // px between an element and its frame
const EDGE = 2; // px a frame keeps from the edges of the window

/**
 * @param {Element[]} elements
 * @param {number} time  milliseconds
 * @param {{topBar: HTMLElement, scrollerOf: (element: Element) => Element | null}} page  topBar: covers the top of the page where it is sticky; scrollerOf: what scrolls an element sideways
 * @returns {() => void} ends it at once
 */
export function highlight(elements, time, { topBar, scrollerOf }) {
  const covered = getComputedStyle(topBar).position === 'sticky' ? topBar.clientHeight + MARGIN : 0;
  if (elements.length) bringIntoView(elements[0], scrollerOf(elements[0]), covered);
  const frames = elements.map((element) => ({ element, frame: makeFrame() }));
  const place = () => frames.forEach(({ element, frame }) => placeFrame(frame, element, covered));
  place();
  addEventListener('scroll', place, true); // also of what scrolls within the page
  addEventListener('resize', place);
  const end = () => {
    clearTimeout(timer);
    removeEventListener('scroll', place, true);
    removeEventListener('resize', place);
    for (const { frame } of frames) frame.remove();
  };
  const timer = setTimeout(end, time);
  return end;
}

/** Scrolls the page and what is around an element as little as brings it into view. @param {Element} element @param {Element | null} scroller @param {number} top  px that are covered */
function bringIntoView(element, scroller, top) {
  if (scroller) {
    const [view, box] = [scroller.getBoundingClientRect(), element.getBoundingClientRect()];
    scroller.scrollLeft += Math.min(0, box.left - MARGIN - view.left) + Math.max(0, box.right + MARGIN - view.right);
  }
  const { top: above, bottom: below, height } = element.getBoundingClientRect();
  if (above < top || below > innerHeight) scrollBy(0, (above + below) / 2 - Math.max((top + innerHeight) / 2, top + MARGIN + height / 2));
}

function makeFrame() {
  const frame = document.createElement('div');
  frame.className = 'pointed';
  frame.setAttribute('aria-hidden', 'true');
  document.body.append(frame);
  return frame;
}

/** @param {HTMLElement} frame @param {Element} element @param {number} covered  px at the top of the window */
function placeFrame(frame, element, covered) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const [x, y] = [Math.max(EDGE, left - MARGIN), Math.max(EDGE, top - MARGIN)];
  frame.style.left = `${x}px`;
  frame.style.top = `${y}px`;
  frame.style.width = `${Math.min(innerWidth - EDGE, right + MARGIN) - x}px`;
  frame.style.height = `${Math.min(innerHeight - EDGE, bottom + MARGIN) - y}px`;
  frame.hidden = !element.isConnected || right <= left || bottom < covered || top > innerHeight;
}
