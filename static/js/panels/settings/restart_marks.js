// @ts-check
// A small mark at every control whose change starts the run again.

/**
 * @param {HTMLElement} root  with marks (.restarts) within elements that name their field (data-field)
 * @param {import('../../core/store.js').Store} store
 */
export function mountRestartMarks(root, store) {
  const marks = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('[data-field] .restarts')]);
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
