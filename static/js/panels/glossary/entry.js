// @ts-check
// One term: its name, one sentence, its formula and a button that leads to its place.

import { mathOf } from '../../draw/math/math.js';
import { hasText, t } from '../../core/i18n.js';
import { TERMS } from './terms.js';

/** A term without an entry says so. @param {string} name @param {(name: string) => void} showPlace */
export function makeEntry(name, showPlace) {
  const entry = document.createElement('div');
  const known = name in TERMS && hasText(`term.${name}`);
  const formula = known ? TERMS[name].formula : undefined;
  entry.className = 'entry';
  entry.dataset.testid = `term-${name}`;
  entry.innerHTML = `<b></b><p></p>${formula ? `<p class="formula">${mathOf(formula)}</p>` : ''}${known ? '<button type="button" class="button small"></button>' : ''}`;
  entry.children[0].textContent = known ? t(`term.${name}`) : name;
  entry.children[1].textContent = known ? t(`term.${name}.help`) : t('term.missing');
  const button = entry.querySelector('button');
  if (button) {
    button.textContent = t('term.show');
    button.onclick = () => showPlace(name);
  }
  return entry;
}
