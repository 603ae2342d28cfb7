// @ts-check
// Walking through the graph: a step forward, a step backward, to the start, to the end, or anywhere with the slider.

import { goBackward, goForward } from '../../draw/dag/walk.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('../../draw/dag/walk.js').Walk} Walk */

/**
 * @param {HTMLElement} root
 * @param {import('./state.js').Store} store
 * @param {import('./graph_source.js').GraphSource} source
 * @returns {() => void} undo
 */
export function mountStepButtons(root, store, { settled }) {
  const slider = /** @type {HTMLInputElement} */ (root.querySelector('input'));
  const words = /** @type {HTMLElement} */ (root.querySelector('output'));
  const [forward, backward, start, finish] = ['forward', 'backward', 'start', 'finish'].map((id) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`)));

  /** A step is of the graph that was typed, so it waits for that. @param {(walk: Walk, position: number) => number} where */
  async function go(where) {
    await settled();
    store.set({ position: where(store.get('walk'), store.get('position')), chosen: null });
  }
  forward.onclick = () => go(goForward);
  backward.onclick = () => go(goBackward);
  start.onclick = () => go(() => 0);
  finish.onclick = () => go((walk) => walk.steps.length);
  slider.oninput = () => store.set({ position: Number(slider.value), chosen: null });

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /** @type {Element} */ (event.target).closest('textarea, input, select')) return;
    const button = { ArrowRight: forward, ArrowLeft: backward, Home: start, End: finish }[event.key];
    if (!button) return;
    event.preventDefault();
    button.click();
  }
  document.addEventListener('keydown', press);

  function show() {
    const { steps, turn } = store.get('walk');
    const position = store.get('position');
    slider.max = String(steps.length);
    slider.value = String(position);
    slider.style.setProperty('--v', `${steps.length ? (100 * position) / steps.length : 0}%`);
    slider.style.setProperty('--turn', `${steps.length ? (100 * turn) / steps.length : 0}%`);
    const step = steps[position - 1];
    words.textContent = step ? t(`graph.at_${step.pass}`, { node: step.node.name }) : t('graph.at_start');
    words.dataset.pass = step?.pass ?? '';
    slider.setAttribute('aria-valuetext', words.textContent);
    // Never disabled: a focused button that goes dead would drop the focus. They only look done.
    forward.dataset.done = String(position === turn);
    backward.dataset.done = String(position === steps.length);
  }

  const stop = store.watch(['walk', 'position', 'language'], show);
  show();
  return () => {
    stop();
    document.removeEventListener('keydown', press);
  };
}
