// @ts-check
// The run as a line to move along: the slider under the loss curve, its branches, and changes taken back. A moment that is
// sought is shown as it was, and the run goes on from it.

import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { watchNumbers } from '../../core/throttle.js';
import { createBranchList } from './branch_list.js';
import { showsBranchPictures } from './branches.js';
import { createStepSlider } from './step_slider.js';

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @returns {() => void} undo
 */
export function mountTimeline(root, store, send) {
  root.innerHTML = `
    <button type="button" class="button small" data-testid="undo">${icon('undo')}</button>
    <button type="button" class="button small" data-testid="redo">${icon('redo')}</button>
    <input type="range" min="0" step="1" data-testid="timeline">
    <output></output>
    <span class="branches" role="group"></span>
    <button type="button" class="button small" data-testid="branch"></button>
    <button type="button" class="button small" data-testid="beside" aria-expanded="false" hidden></button>`;
  const [undo, redo, branch, pictures] = ['undo', 'redo', 'branch', 'beside'].map((id) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`)));
  const slider = createStepSlider(/** @type {HTMLInputElement} */ (root.querySelector('input')), /** @type {HTMLElement} */ (root.querySelector('output')), store, send);
  const list = createBranchList(/** @type {HTMLElement} */ (root.querySelector('.branches')), store, send);

  undo.onclick = () => send({ type: 'undo' });
  redo.onclick = () => send({ type: 'redo' });
  branch.onclick = () => send({ type: 'branch' });
  pictures.onclick = () => store.set(showsBranchPictures(store) ? { branchPictures: false } : { branchPictures: true, comparison: null });

  const showExpanded = () => pictures.setAttribute('aria-expanded', String(showsBranchPictures(store)));

  function show() {
    slider.show();
    undo.disabled = !store.get('timeline')?.undo;
    redo.disabled = !store.get('timeline')?.redo;
    branch.disabled = slider.end() === 0;
  }

  function showTimeline() {
    list.show();
    pictures.hidden = (store.get('timeline')?.branches.length ?? 0) < 2;
    showExpanded();
    show();
  }

  function label() {
    for (const [button, key] of /** @type {[HTMLElement, string][]} */ ([[undo, 'timeline.undo'], [redo, 'timeline.redo'], [branch, 'timeline.branch_title'], [pictures, 'timeline.beside_title']])) {
      button.title = t(key);
      button.setAttribute('aria-label', t(key));
    }
    branch.textContent = t('timeline.branch');
    pictures.textContent = t('timeline.beside');
    slider.label();
    list.label();
    showTimeline();
  }

  label();
  const stops = [
    store.watch(['timeline'], showTimeline),
    store.watch(['language'], label),
    store.watch(['frame', 'state'], slider.follow),
    watchNumbers(store, show),
    store.watch(['branchPictures', 'comparison'], showExpanded),
    slider.stop,
    () => root.replaceChildren(),
  ];
  return () => stops.forEach((stop) => stop());
}
