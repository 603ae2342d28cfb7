// @ts-check
// A confusion matrix is one tab stop: arrow keys move it from cell to cell.

/** Rows and columns that a key moves by. @type {Record<string, [number, number]>} */
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {KeyboardEvent} event  in a cell */
export function moveCell(event) {
  const [move, here] = [MOVES[event.key], /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-cell]'))];
  if (!move || !here) return;
  event.preventDefault();
  const [row, column] = /** @type {string} */ (here.dataset.cell).split('-').map(Number);
  const next = /** @type {HTMLElement | null} */ (here.parentElement?.querySelector(`[data-cell="${row + move[0]}-${column + move[1]}"]`));
  if (!next) return;
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
