// @ts-check
// Which sample of the training set goes through the tab's network, and what the graph of the network leaves out.

import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} root
 * @param {import('./state.js').Store} store
 * @param {(how?: {soon?: boolean}) => void} refresh
 */
export function createSampleForm(root, store, refresh) {
  const [of, naming, notes] = ['.of', '.naming', '.notes'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  const point = /** @type {HTMLInputElement} */ (root.querySelector('#point'));
  const again = /** @type {HTMLButtonElement} */ (root.querySelector('[data-testid=refresh]'));
  point.oninput = () => {
    store.set({ point: point.value === '' ? 0 : Number(point.value) });
    refresh({ soon: true });
  };
  again.onclick = () => refresh();

  return {
    show() {
      const view = store.get('view');
      const answer = store.get('answer');
      root.hidden = view === 'expression';
      naming.hidden = view === 'modules';
      if (document.activeElement !== point) point.value = String(store.get('point'));
      if (answer?.points) {
        point.max = String(answer.points - 1);
        of.textContent = t('graph.point_of', { last: answer.points - 1, step: answer.step });
      }
      notes.replaceChildren(...(answer?.notes ?? []).map((name) => {
        const note = Object.assign(document.createElement('li'), { textContent: t(`graph.note.${name}`) });
        note.dataset.testid = `note-${name}`;
        return note;
      }));
    },
  };
}
