// @ts-check
// One button for each branch of the run, where there are several; it leads to the branch's end.

import { t } from '../../core/i18n.js';
import { branchMark, branchName } from './branches.js';

/** @typedef {import('../../wire/messages.js').Branch} Branch */

/**
 * @param {HTMLElement} list  empty
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function createBranchList(list, store, send) {
  let shown = ''; // what the buttons were made of

  /** @param {Branch} branch @param {number} i */
  function makeButton({ begins, ends, changed }, i) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.testid = `branch-${i}`;
    button.textContent = branchMark(i);
    const what = changed.map((name) => (name === 'undo' ? t('timeline.undone') : name.includes('.') ? name : t(`field.${name}`))).join(', ');
    button.title = t(what ? 'timeline.branch_of' : 'timeline.branch_plain', { name: branchName(i), step: begins, what });
    if (what) button.append(Object.assign(document.createElement('small'), { textContent: what }));
    button.setAttribute('aria-label', button.title);
    button.onclick = () => send({ type: 'seek', branch: i, step: ends });
    return button;
  }

  return {
    show() {
      const { branches = [], current = 0 } = store.get('timeline') ?? {};
      const made = JSON.stringify([branches.map(({ begins, ends, changed }) => [begins, ends, changed]), store.get('language')]);
      if (made !== shown) { // else nothing but the place has changed: what has the focus keeps it
        shown = made;
        list.replaceChildren(...(branches.length > 1 ? branches : []).map(makeButton));
      }
      for (const [i, button] of [...list.children].entries()) button.setAttribute('aria-pressed', String(i === current));
    },
    label: () => list.setAttribute('aria-label', t('timeline.branches')),
  };
}
