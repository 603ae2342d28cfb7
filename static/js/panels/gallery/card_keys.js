// @ts-check
// Arrow keys move the focus between the cards of the gallery.

/** Steps along the cards; 0: to another row. */
const STEPS = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 });

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} cards  those that are shown
 * @param {HTMLElement} search  the field above them
 */
export function moveFocus(event, cards, search) {
  const step = STEPS[event.key];
  const current = cards.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (step === undefined || !cards.length || (current < 0 && event.key !== 'ArrowDown')) return;
  event.preventDefault();
  const next = current < 0 ? cards[0] : step ? cards[current + step] : nearestInNextRow(cards, current, event.key === 'ArrowDown');
  next?.focus();
  if (!next && event.key === 'ArrowUp') search.focus();
}

/** @param {HTMLElement[]} cards @param {number} current @param {boolean} down  else up */
function nearestInNextRow(cards, current, down) {
  const here = cards[current].getBoundingClientRect();
  const others = cards.map((card) => ({ card, box: card.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top > here.top + 1 : box.top < here.top - 1));
  const top = down ? Math.min(...others.map(({ box }) => box.top)) : Math.max(...others.map(({ box }) => box.top));
  const row = others.filter(({ box }) => Math.abs(box.top - top) < 2);
  return row.sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left))[0]?.card;
}
