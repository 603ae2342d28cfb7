// @ts-check
// Escape leaves what was entered, the newest first, one level at a time: drawing, slow motion and its code, the comparison,
// the pictures of branches. What else Escape closes listens itself.

import { isUsable } from '../../core/focusable.js';
import { overlayIsOpen } from '../../core/elements.js';

/** Key of the store → what leaves it: data-testid of the buttons, the first that is there. @type {[keyof import('../../core/state.js').PageState, string[]][]} */
const LEVELS = [['drawing', ['draw-points']], ['phase', ['code-close', 'phase-off']], ['comparison', ['race-close']], ['branchPictures', ['beside', 'beside-close']]];

/** @param {import('../../core/store.js').Store} store @param {(testid: string) => HTMLElement | undefined} elementOf @returns {() => void} undo */
export function mountEscapeLevels(store, elementOf) {
  /** @type {string[][]} the newest last */
  let entered = [];
  function follow() {
    const open = LEVELS.filter(([key]) => store.get(key)).map(([, leave]) => leave);
    entered = [...entered.filter((level) => open.includes(level)), ...open.filter((level) => !entered.includes(level))];
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || overlayIsOpen()) return;
    const button = entered.at(-1)?.map(elementOf).find((one) => one && isUsable(one));
    if (!button) return;
    event.preventDefault(); // it closes nothing else
    button.click();
  }
  follow();
  document.addEventListener('keydown', press);
  const stop = store.watch(LEVELS.map(([key]) => key), follow);
  return () => {
    stop();
    document.removeEventListener('keydown', press);
  };
}
