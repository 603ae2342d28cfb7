// @ts-check
// Arrow keys move the focus between the cards of the gallery, and between them and the search.

import { nextItem } from '../../core/roving_focus.js';

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} cards  those that are shown
 * @param {HTMLElement} search  the field above them
 */
export function moveFocus(event, cards, search) {
  const current = cards.find((card) => card === document.activeElement);
  if (!cards.length || (!current && event.key !== 'ArrowDown')) return;
  const next = current ? nextItem(cards, current, event.key) : cards[0];
  if (next === null) return;
  event.preventDefault();
  next?.focus();
  if (!next && event.key === 'ArrowUp') search.focus();
}
