// @ts-check
// The glossary: a dialog with all terms, the card of one at its label, and the way from a term to its place.

import { t } from '../../core/i18n.js';
import { makeEntry } from './entry.js';
import { mountTermCard } from './term_card.js';
import { TERMS } from './terms.js';

const POINTED = 2000; // milliseconds a place is outlined

const closeDialogs = () => { for (const open of /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll('dialog[open]'))) open.close(); };

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener  its button
 * @param {HTMLElement} card  a popover
 * @param {import('../../core/store.js').Store} store
 * @param {(testid: string) => HTMLElement | undefined} elementOf
 */
export function mountGlossary(dialog, opener, card, store, elementOf) {
  const list = /** @type {HTMLElement} */ (dialog.querySelector('.terms'));
  const termCard = mountTermCard(card, (name) => makeEntry(name, showPlace));

  /** Closes what lies over the place and leads there. @param {string} name */
  function showPlace(name) {
    const { place, opens } = TERMS[name];
    const element = elementOf(place);
    termCard.hide();
    closeDialogs();
    if (!element?.checkVisibility()) {
      store.set({ message: { kind: 'notice', key: 'term.absent', values: { name: t(`term.${name}`) } } });
      return;
    }
    element.scrollIntoView({ block: 'center' });
    element.classList.add('pointed');
    setTimeout(() => element.classList.remove('pointed'), POINTED);
    if (opens) element.click();
    else element.focus();
  }

  const fill = () => list.replaceChildren(...Object.keys(TERMS).map((name) => makeEntry(name, showPlace)));
  opener.onclick = () => {
    closeDialogs();
    dialog.showModal();
  };
  /** @type {HTMLElement} */ (dialog.querySelector('.close')).onclick = () => dialog.close();
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); }; // beside it
  fill();
  const stop = store.watch(['language'], fill);
  return () => {
    termCard.stop();
    stop();
  };
}
