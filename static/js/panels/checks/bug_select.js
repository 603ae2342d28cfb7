// @ts-check
// A choice of bugs that can be planted in the hand-written backward pass.

import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} panel  with the choice and its help in it
 * @param {HTMLElement} chip  shows that a bug is planted
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function createBugSelect(panel, chip, store, send) {
  const select = /** @type {HTMLSelectElement} */ (panel.querySelector('[data-testid=plant]'));
  const help = /** @type {HTMLElement} */ (panel.querySelector('[data-testid=plant-help]'));
  /** @type {string | null} */
  let asked = null; // and not confirmed

  select.onchange = () => {
    asked = select.value;
    send({ type: 'plant', bug: asked || null });
  };

  function show() {
    const planted = store.get('state')?.planted ?? '';
    if (planted === asked) asked = null;
    select.value = asked ?? planted;
    chip.classList.toggle('planted', planted !== '');
    panel.dataset.value = planted;
    help.textContent = t(planted ? `bug.${planted}.help` : 'checked.plant_help');
  }

  return {
    labels() {
      select.replaceChildren(new Option(t('bug.none'), ''), ...(store.get('choices')?.bugs ?? []).map((bug) => new Option(t(`bug.${bug}`), bug)));
    },
    show,
    /** Puts the choice back. */
    refused() {
      asked = null;
      show();
    },
  };
}
