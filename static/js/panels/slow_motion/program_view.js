// @ts-check
// The run as a program to be read, with the lines of the present phase marked.

import { makeLine } from './code_line.js';
import { t } from '../../core/i18n.js';
import { phaseId } from './phases.js';

export const PROGRAMS = /** @type {const} */ (['numpy', 'torch']);

/** @typedef {import('./phases.js').Phase} Phase */
/** @typedef {{step: number, lines: [text: string, phase: string | null][]}} Program */

/** @param {HTMLElement} root  empty @param {typeof PROGRAMS[number]} name @param {import('../../core/store.js').Store} store */
export function createProgramView(root, name, store) {
  let of = ''; // the run whose program is shown
  /** @type {Phase | null} */
  let phase = null;

  async function load() {
    const { session, revision } = store.get('state') ?? {};
    const wanted = `${session} ${revision}`;
    if (root.hidden || of === wanted) return;
    of = wanted;
    const answer = await fetch(`api/sessions/${session}/programs/${name}`).catch(() => null);
    /** @type {Program | null} */
    const program = answer?.ok ? await answer.json() : null;
    if (of !== wanted) return; // a newer one was asked for meanwhile
    if (program) root.replaceChildren(...program.lines.map(makeProgramLine));
    else {
      of = '';
      root.textContent = t('phase.code.unreachable');
    }
    mark();
  }

  function mark() {
    if (!phase) return;
    const id = phaseId(phase);
    const lines = /** @type {HTMLElement[]} */ ([...root.children]);
    for (const line of lines) line.classList.toggle('current', line.dataset.phase === id || line.dataset.phase === phase.name);
    const last = lines.findLast((line) => line.classList.contains('current')); // of a network of torch that stands above its loop, the line in the loop
    if (last && !root.hidden) root.scrollTop = last.offsetTop - root.offsetTop - root.clientHeight / 2;
  }

  return {
    root, name,
    /** @param {Phase} present */
    show(present) {
      phase = present;
      load();
      mark();
    },
  };
}

/** @param {Program['lines'][number]} line */
function makeProgramLine([text, phase]) {
  const line = makeLine(text);
  if (phase) line.dataset.phase = phase;
  return line;
}
