// @ts-check
// Where a card stands beside the thing it describes. Pure.

const GAP = 14; // px between the two

/**
 * Right of the box, else left of it; where neither side has room, under it or above. Always within the view.
 * @param {import('./layout.js').Box} box  what the card describes
 * @param {{width: number, height: number}} card  px
 * @param {{left: number, right: number, height: number}} view  px, what of the drawing is scrolled into view
 * @returns {{x: number, y: number}} the card's upper left corner
 */
export function cardPosition({ left, right, top, bottom }, { width, height }, view) {
  const lowest = view.height - height;
  const beside = right + GAP + width <= view.right ? right + GAP : left - GAP - width;
  const fits = beside >= view.left;
  const x = fits ? beside : Math.max(view.left, Math.min(view.right - width, (left + right - width) / 2));
  const y = fits ? (top + bottom - height) / 2 : bottom + GAP <= lowest ? bottom + GAP : top - GAP - height;
  return { x, y: Math.max(0, Math.min(lowest, y)) };
}
