// @ts-check
// The code that computes a phase, with the numbers its names are bound to, and a planted bug marked in it; in tabs beside it
// the run as a program.

import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { makeLine } from './code_line.js';
import { createCodeTabs } from './code_tabs.js';
import { PROGRAMS, createProgramView } from './program_view.js';
import { formatValues, phaseName } from './phases.js';

/** @typedef {import('./phases.js').Phase} Phase */
/** @typedef {import('../../wire/messages.js').Code} CodePart  planted: with a bug planted in it */

/**
 * @param {HTMLElement} root  empty
 * @param {HTMLButtonElement} toggle
 * @param {import('../../core/store.js').Store} store
 * @param {() => void} toggled  shows the present phase again
 */
export function createCodeSheet(root, toggle, store, toggled) {
  root.innerHTML = `<header><h2></h2><button type="button" class="button small close" data-testid="code-close">${icon('close')}</button></header>
    <div class="seg tabs" role="group"></div><div class="backend"><dl tabindex="0"></dl><pre tabindex="0"></pre></div>
    ${PROGRAMS.map((name) => `<div class="program" data-testid="program-${name}" tabindex="0" hidden></div>`).join('')}`;
  const [title, close, names, listing, backend] = /** @type {HTMLElement[]} */ (['h2', '.close', 'dl', 'pre', '.backend'].map((selector) => root.querySelector(selector)));
  const programs = PROGRAMS.map((name) => createProgramView(/** @type {HTMLElement} */ (root.querySelector(`[data-testid=program-${name}]`)), name, store));
  const tabs = createCodeTabs(/** @type {HTMLElement} */ (root.querySelector('.tabs')), { backend, ...Object.fromEntries(programs.map(({ name, root }) => [name, root])) }, toggled);
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
      tabs.labels();
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
      programs.forEach((program) => program.show(phase));
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
