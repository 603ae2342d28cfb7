// @ts-check
// A choice of the engine that trains this page's run.

import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} panel  with the choice and its help in it
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function createEngineSelect(panel, store, send) {
  const select = /** @type {HTMLSelectElement} */ (panel.querySelector('[data-testid=engine-choice]'));
  const help = /** @type {HTMLElement} */ (panel.querySelector('[data-testid=engine-help]'));
  let asked = ''; // and not confirmed: torch takes seconds to load

  select.onchange = () => {
    asked = select.value;
    send({ type: 'engine', name: asked });
    show();
  };

  function show() {
    const state = store.get('state');
    const engine = state?.engine ?? '';
    if (engine === asked) asked = '';
    select.value = asked || engine;
    select.dataset.value = engine;
    help.textContent = t(asked === 'autograd' ? 'engine.loading' : state?.planted ? 'engine.planted' : engine && `engine.${engine}.help`);
  }

  return {
    labels() {
      select.replaceChildren(...(store.get('choices')?.engines ?? []).map((engine) => new Option(t(`engine.${engine}`), engine)));
    },
    show,
    /** Puts the choice back. */
    refused() {
      asked = '';
      show();
    },
  };
}
