// @ts-check
// The run as a line to move along: the slider under the loss curve, its branches, and changes taken back. A moment that is
// sought is shown as it was, and the run goes on from it.

import { icon } from '../../core/elements.js';
import { formatCount, t } from '../../core/i18n.js';
import { createBeside } from './beside.js';

const WAIT = 150; // milliseconds until another place is sought though the last has not been shown

/** @typedef {{parent: number | null, begins: number, ends: number, changed: string[], curve: any}} Branch */

/**
 * @param {HTMLElement} root  empty
 * @param {HTMLElement} panel  empty; for the boundaries of branches side by side
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 * @returns {() => void} undo
 */
export function mountTimeline(root, panel, store, send) {
  root.innerHTML = `
    <button type="button" class="button small" data-testid="undo">${icon('undo')}</button>
    <button type="button" class="button small" data-testid="redo">${icon('redo')}</button>
    <input type="range" min="0" step="1" data-testid="timeline">
    <output></output>
    <span class="branches" role="group"></span>
    <button type="button" class="button small" data-testid="branch"></button>
    <button type="button" class="button small" data-testid="beside" aria-expanded="false" hidden></button>`;
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${id}]`));
  const slider = /** @type {HTMLInputElement} */ (find('timeline'));
  const [undo, redo, branch, beside] = ['undo', 'redo', 'branch', 'beside'].map((id) => /** @type {HTMLButtonElement} */ (find(id)));
  const [words, list] = /** @type {HTMLElement[]} */ ([root.querySelector('output'), root.querySelector('.branches')]);
  const sides = createBeside(panel, store, send, (i) => nameOf(i));

  /** @type {number | null} the step that is to be sought once the last one is shown */
  let wanted = null;
  let asked = -Infinity;
  let timer = 0;
  let listed = ''; // what the buttons of branches were made of

  const timeline = () => /** @type {{current: number, step: number, undo: number, redo: number, branches: Branch[]} | null} */ (store.get('timeline'));
  const now = () => store.get('frame')?.step ?? timeline()?.step ?? 0;
  const end = () => Math.max(now(), timeline()?.branches[timeline()?.current ?? 0]?.ends ?? 0);

  function seekWanted() {
    clearTimeout(timer);
    const known = timeline();
    if (wanted === null || !known) return;
    send({ type: 'seek', branch: known.current, step: wanted });
    wanted = null;
    asked = performance.now();
  }

  /** One place at a time is sought, and of many only the newest. @param {number} step */
  function seek(step) {
    wanted = step;
    clearTimeout(timer);
    const wait = asked + WAIT - performance.now();
    if (wait <= 0) seekWanted();
    else timer = window.setTimeout(seekWanted, wait);
  }

  slider.oninput = () => {
    tellStep(slider.valueAsNumber);
    seek(slider.valueAsNumber);
  };
  undo.onclick = () => send({ type: 'undo' });
  redo.onclick = () => send({ type: 'redo' });
  branch.onclick = () => send({ type: 'branch' });
  beside.onclick = () => store.set(panel.hidden ? { beside: true, race: null } : { beside: false });

  /** A race stands in the same place. */
  function showBeside() {
    const open = Boolean(store.get('beside')) && store.get('race') === null && (timeline()?.branches.length ?? 0) > 1;
    beside.setAttribute('aria-expanded', String(open));
    sides.show(open);
  }

  // ---- words

  /** @param {number} i */
  const nameOf = (i) => (i === 0 ? t('timeline.trunk') : t('timeline.branch_name', { number: i }));

  /** @param {number} step */
  function tellStep(step) {
    words.textContent = t(step < end() ? 'timeline.past' : 'timeline.now', { step: formatCount(step) });
    slider.setAttribute('aria-valuetext', words.textContent);
  }

  function show() {
    const known = timeline();
    const last = end();
    slider.max = String(last);
    slider.disabled = last === 0;
    if (wanted === null && !slider.matches(':active')) {
      slider.value = String(now());
      tellStep(now());
    }
    slider.style.setProperty('--v', `${last ? (slider.valueAsNumber / last) * 100 : 100}%`);
    undo.disabled = !known?.undo;
    redo.disabled = !known?.redo;
    branch.disabled = last === 0;
  }

  function showBranches() {
    const known = timeline();
    const now = JSON.stringify([known?.branches.map(({ begins, ends, changed }) => [begins, ends, changed]), store.get('language')]);
    for (const [i, button] of [...list.children].entries()) button.setAttribute('aria-pressed', String(i === known?.current));
    if (now === listed) { // nothing but the place has changed: what has the focus keeps it
      showBeside();
      show();
      return;
    }
    listed = now;
    slider.setAttribute('aria-label', t('timeline.title'));
    for (const [button, key] of /** @type {[HTMLElement, string][]} */ ([[undo, 'timeline.undo'], [redo, 'timeline.redo'], [branch, 'timeline.branch_title'], [beside, 'timeline.beside_title']])) {
      button.title = t(key);
      button.setAttribute('aria-label', t(key));
    }
    branch.textContent = t('timeline.branch');
    beside.textContent = t('timeline.beside');
    const several = (known?.branches.length ?? 0) > 1;
    beside.hidden = !several;
    list.setAttribute('aria-label', t('timeline.branches'));
    list.replaceChildren(...(several ? known?.branches ?? [] : []).map(({ begins, ends, changed }, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.testid = `branch-${i}`;
      button.textContent = i === 0 ? '●' : String(i);
      button.setAttribute('aria-pressed', String(i === known?.current));
      const what = changed.map((name) => (name === 'undo' ? t('timeline.undone') : name.includes('.') ? name : t(`field.${name}`))).join(', ');
      button.title = t(what ? 'timeline.branch_of' : 'timeline.branch_plain', { name: nameOf(i), step: formatCount(begins), what });
      button.setAttribute('aria-label', button.title);
      button.onclick = () => send({ type: 'seek', branch: i, step: ends });
      return button;
    }));
    showBeside();
    show();
  }

  showBranches();
  const stops = [
    store.watch(['timeline', 'language'], showBranches),
    store.watch(['frame', 'state'], () => {
      if (wanted !== null && performance.now() > asked + 20) seekWanted();
      show();
    }),
    store.watch(['beside', 'race'], showBeside),
    sides.undo,
    () => clearTimeout(timer),
    () => root.replaceChildren(),
  ];
  return () => stops.forEach((stop) => stop());
}
