// @ts-check
// Where a tip stands: under its place or above it, on the other side where there is no room, with a point towards it.

const GAP = 9; // px between the two, in which the point is
const EDGE = 8; // px to the edge of the window at least

/** @param {HTMLElement} tip @param {DOMRect} place @param {'above' | 'below'} side  if there is room */
export function placeAt(tip, { left, top, bottom, width }, side) {
  const middle = left + width / 2;
  const fitsBelow = bottom + GAP + tip.offsetHeight + EDGE <= innerHeight;
  const fitsAbove = top - GAP - tip.offsetHeight >= EDGE;
  const below = side === 'below' ? fitsBelow : !fitsAbove;
  const x = Math.max(EDGE, Math.min(middle - tip.offsetWidth / 2, innerWidth - EDGE - tip.offsetWidth));
  tip.style.left = `${x}px`;
  tip.style.top = `${below ? bottom + GAP : top - GAP - tip.offsetHeight}px`;
  tip.style.setProperty('--point', `${middle - x}px`);
  tip.classList.toggle('above', !below);
}
