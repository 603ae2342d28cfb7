// @ts-check
// Walking the graph: a step forward, a step backward, to the start, to the end, or anywhere with the slider.

import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} root
 * @param {import('./state.js').Store} store
 * @param {Record<'forward' | 'backward' | 'start' | 'finish', () => void>} act
 */
export function mountMoves(root, store, act) {
  const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`));
  const slider = /** @type {HTMLInputElement} */ (root.querySelector('input'));
  const words = /** @type {HTMLElement} */ (root.querySelector('output'));
  const [forward, backward] = [button('forward'), button('backward')];
  forward.onclick = act.forward;
  backward.onclick = act.backward;
  button('start').onclick = act.start;
  button('finish').onclick = act.finish;
  slider.oninput = () => store.set({ position: Number(slider.value), chosen: null });

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /** @type {Element} */ (event.target).closest('textarea, input, select')) return;
    const doing = { ArrowRight: act.forward, ArrowLeft: act.backward, Home: act.start, End: act.finish }[event.key];
    if (!doing) return;
    event.preventDefault();
    doing();
  }
  document.addEventListener('keydown', key);

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
    document.removeEventListener('keydown', key);
  };
}
