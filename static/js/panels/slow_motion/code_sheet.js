// @ts-check
// The code that computes a phase, with the numbers its names are bound to, and a planted bug marked in it.

import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { formatValues, phaseName } from './phases.js';

const CONTINUATION_INDENT = 4; // characters that a wrapped line is set in further than it began

/** @typedef {import('./phases.js').Phase} Phase */
/** @typedef {import('../../wire/messages.js').Code} CodePart  planted: with a bug planted in it */

/**
 * @param {HTMLElement} root  empty
 * @param {HTMLButtonElement} toggle
 * @param {import('../../core/store.js').Store} store
 * @param {() => void} toggled  shows the present phase again
 */
export function createCodeSheet(root, toggle, store, toggled) {
  root.innerHTML = `<header><h2></h2><button type="button" class="button small close" data-testid="code-close">${icon('close')}</button></header><dl></dl><pre tabindex="0"></pre>`;
  const [title, close, names, listing] = /** @type {HTMLElement[]} */ (['h2', '.close', 'dl', 'pre'].map((selector) => root.querySelector(selector)));
  let chosen = false;
  toggle.onclick = close.onclick = () => {
    chosen = !chosen;
    toggled();
  };

  return {
    labels() {
      close.title = t('close');
      close.setAttribute('aria-label', t('close'));
      toggle.textContent = t('phase.code');
    },
    /** @param {boolean} available  false hides the sheet, whatever a person has chosen */
    setAvailable(available) {
      root.hidden = !available || !chosen;
      document.documentElement.classList.toggle('coding', !root.hidden);
      toggle.setAttribute('aria-pressed', String(chosen));
    },
    close() {
      if (!chosen) return;
      chosen = false;
      toggled();
    },
    /** @param {Phase} phase @param {number} layers  that have weights @param {CodePart[]} parts */
    show(phase, layers, parts) {
      if (root.hidden) return;
      title.textContent = t('phase.code_of', { name: phaseName(phase, layers) });
      names.replaceChildren(...Object.entries(phase.bound).map(makeBinding));
      const bug = store.get('state')?.planted;
      const shown = JSON.stringify([parts, bug, document.documentElement.lang]);
      if (listing.dataset.shown === shown) return;
      listing.dataset.shown = shown;
      listing.replaceChildren(...parts.map((part) => makePart(part, bug)));
    },
  };
}

/** @param {[string, number[]]} binding */
function makeBinding([name, values]) {
  const row = document.createElement('div');
  row.innerHTML = '<dt></dt><dd></dd>';
  row.children[0].textContent = name;
  row.children[1].textContent = formatValues(values);
  return row;
}

/** @param {CodePart} part @param {string | null | undefined} bug */
function makePart({ lines, planted }, bug) {
  const part = document.createElement('code');
  part.append(...lines.split('\n').map(makeLine));
  if (planted) {
    part.className = 'planted';
    const label = document.createElement('strong');
    label.textContent = t('phase.planted', { name: t(`bug.${bug}`) });
    part.prepend(label);
  }
  return part;
}

/** @param {string} text */
function makeLine(text) {
  const line = document.createElement('span');
  line.style.setProperty('--indent', `${text.search(/\S|$/) + CONTINUATION_INDENT}ch`);
  line.textContent = `${text}\n`;
  return line;
}
