// @ts-check
// A small mark at every control whose change starts the run again.

import { icon } from '../core/elements.js';
import { translate } from '../core/i18n.js';

/**
 * @param {HTMLElement} root  with empty marks (.restarts) within elements that name their field (data-field)
 * @param {import('../core/store.js').Store} store
 * @returns {() => void} undo
 */
export function mountRestartMarks(root, store) {
  const marks = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('[data-field] .restarts')]);
  for (const mark of marks) {
    mark.innerHTML = `${icon('restart')}<span class="unseen" data-t="restarts"></span>`;
    mark.dataset.tTitle = 'restarts.title';
  }
  translate(root);
  const show = () => {
    const fields = store.get('fields');
    for (const mark of marks) {
      const { field } = /** @type {HTMLElement} */ (mark.closest('[data-field]')).dataset;
      mark.hidden = !fields || fields[field ?? ''].live;
    }
  };
  show();
  return store.watch(['fields'], show);
}
