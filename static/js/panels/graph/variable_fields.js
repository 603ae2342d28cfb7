// @ts-check
// One field for each variable of the expression.

/**
 * @param {HTMLElement} root  empty
 * @param {import('./state.js').Store} store
 * @param {() => void} changed  a value is another
 */
export function createVariableFields(root, store, changed) {
  const readValues = () => store.get('fault')?.variables ?? store.get('answer')?.values ?? {};

  /** @param {string} name */
  function makeField(name) {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'number', step: 'any' });
    Object.assign(input.dataset, { name, testid: `value-${name}` });
    input.oninput = () => {
      const value = input.valueAsNumber;
      input.setAttribute('aria-invalid', String(!Number.isFinite(value)));
      if (!Number.isFinite(value)) return;
      store.set({ given: { ...store.get('answer')?.values, ...store.get('fault')?.variables, ...store.get('given'), [name]: value } });
      changed();
    };
    label.append(name, input);
    return label;
  }

  return {
    show() {
      const found = Object.entries(store.get('view') === 'expression' ? readValues() : {});
      const shown = [...root.querySelectorAll('input')].map((input) => input.dataset.name);
      if (shown.join() !== found.map(([name]) => name).join()) root.replaceChildren(...found.map(([name]) => makeField(name)));
      for (const [name, value] of found) {
        const input = /** @type {HTMLInputElement} */ (root.querySelector(`[data-name="${CSS.escape(name)}"]`));
        if (document.activeElement !== input) input.value = String(value); // what is being typed stays
      }
    },
  };
}
