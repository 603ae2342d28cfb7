// @ts-check
// One row of the teacher's list: its name, which begins it, and buttons to move it up and to take it out.

import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';

/**
 * @param {string} name @param {boolean} isNow  it was begun last
 * @param {{begin: () => void, up: (() => void) | null, remove: () => void}} on  up: null for the first
 */
export function makeEntryRow(name, isNow, { begin, up, remove }) {
  const row = document.createElement('li');
  row.innerHTML = `<button type="button" class="entry"></button><button type="button" class="button small">${icon('up')}</button><button type="button" class="button small">${icon('close')}</button>`;
  const [entry, higher, away] = /** @type {HTMLButtonElement[]} */ ([...row.querySelectorAll('button')]);
  entry.textContent = name;
  if (isNow) entry.setAttribute('aria-current', 'true');
  entry.onclick = begin;
  higher.onclick = up;
  higher.disabled = !up;
  away.onclick = remove;
  for (const [button, key] of /** @type {[HTMLElement, string][]} */ ([[higher, 'list.up'], [away, 'list.remove']])) {
    button.title = t(key);
    button.setAttribute('aria-label', `${t(key)}: ${name}`);
  }
  return row;
}
