// @ts-check
// For a finger, which cannot hover: the title of what it holds, instead of pressing it; of what cannot be pressed, on a tap.

import { placeBeside } from '../../core/elements.js';

const HOLD = 500; // milliseconds, as long as a system waits
const STILL = 10; // px: a finger that moves farther scrolls or drags
const PRESSABLE = 'a, button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, label, summary, [data-term]';

/** @returns {() => void} undo */
export function mountTouchTitles() {
  const tip = document.createElement('div');
  Object.assign(tip, { popover: 'manual', className: 'touch-title', role: 'tooltip' });
  document.body.append(tip);
  let timer = 0;
  /** @type {{element: HTMLElement, x: number, y: number, held: boolean} | null} */
  let press = null;

  /** @param {HTMLElement} element */
  function show(element) {
    tip.textContent = element.title;
    tip.showPopover();
    placeBeside(tip, element);
  }
  function release() {
    clearTimeout(timer);
    press = null;
  }

  const pressed = (/** @type {PointerEvent} */ { pointerType, target, clientX: x, clientY: y }) => {
    release();
    tip.hidePopover();
    const element = pointerType === 'touch' && target instanceof Element ? target.closest('[title]') : null;
    if (!(element instanceof HTMLElement) || !element.title) return;
    const started = press = { element, x, y, held: false };
    timer = setTimeout(() => {
      started.held = true;
      show(element);
    }, HOLD);
  };
  const moved = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    if (press && !press.held && Math.hypot(clientX - press.x, clientY - press.y) > STILL) release();
  };
  const lifted = () => {
    clearTimeout(timer);
    if (press && !press.held && !press.element.closest(PRESSABLE)) show(press.element);
  };
  /** What was held is not pressed, and opens no menu of the system; a key or a program that clicks has no detail. @param {MouseEvent} event */
  const keepFrom = (event) => {
    if (!press?.held || (event.type === 'click' && !event.detail)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const listening = new AbortController();
  const first = { signal: listening.signal, capture: true };
  document.addEventListener('pointerdown', pressed, first);
  document.addEventListener('pointermove', moved, first);
  document.addEventListener('pointerup', lifted, first);
  document.addEventListener('pointercancel', release, first);
  for (const kind of /** @type {const} */ (['click', 'contextmenu'])) document.addEventListener(kind, keepFrom, first);
  return () => {
    release();
    listening.abort();
    tip.remove();
  };
}
