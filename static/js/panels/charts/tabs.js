// @ts-check
// What stands beside the loss curve: the layers through time, or where rows are few the table of results.

import { t } from '../../core/i18n.js';
import { readResults } from './result_rows.js';

/** Name → key of its words. */
const TABS = /** @type {const} */ ([['layers', 'chart.layers'], ['results', 'chart.results']]);

/** @param {HTMLElement} panel @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountTabs(panel, store) {
  const title = /** @type {HTMLElement} */ (panel.querySelector('.title'));
  const tabs = document.createElement('span');
  tabs.className = 'seg tabs';
  tabs.setAttribute('role', 'group');
  tabs.innerHTML = TABS.map(([name]) => `<button type="button" data-testid="tab-${name}"></button>`).join('');
  title.after(tabs);
  const buttons = /** @type {HTMLButtonElement[]} */ ([...tabs.children]);
  buttons.forEach((button, i) => { button.onclick = () => store.set({ panel: TABS[i][0] }); });

  function show() {
    const few = readResults(store) !== null;
    const shown = few ? store.get('panel') : 'layers';
    title.hidden = few;
    tabs.hidden = !few;
    panel.dataset.panel = shown;
    document.body.classList.toggle('tabled', shown === 'results');
    buttons.forEach((button, i) => {
      button.textContent = t(TABS[i][1]);
      button.setAttribute('aria-pressed', String(TABS[i][0] === shown));
    });
  }
  show();
  const stop = store.watch(['panel', 'state', 'points', 'samples', 'draft', 'language'], show);
  return () => {
    stop();
    tabs.remove();
  };
}
