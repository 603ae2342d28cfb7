// @ts-check
// What stands beside the loss curve: the layers through time, the log of the epochs, the largest curvature, or where rows
// are few the table of results. Where there is room for one chart, a tab shows this one.

import { t } from '../../core/i18n.js';
import { readResults } from './result_rows.js';

/** Name → key of its words. */
const TABS = /** @type {const} */ ([['layers', 'chart.layers'], ['results', 'chart.results'], ['log', 'log'], ['curvature', 'chart.curvature']]);

/** @param {HTMLElement} panel @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountTabs(panel, store) {
  const tabs = /** @type {HTMLElement} */ (panel.querySelector('.tabs'));
  tabs.innerHTML = TABS.map(([name]) => `<button type="button" data-testid="tab-${name}"></button>`).join('');
  const buttons = /** @type {HTMLButtonElement[]} */ ([...tabs.children]);
  buttons.forEach((button, i) => { button.onclick = () => store.set({ panel: TABS[i][0], chart: 'layers' }); });

  function show() {
    const few = readResults(store) !== null;
    const chosen = store.get('panel');
    const shown = chosen === 'results' && !few ? 'layers' : chosen;
    panel.dataset.panel = shown;
    document.body.classList.toggle('tabled', shown !== 'layers' && store.get('chart') === 'layers');
    tabs.setAttribute('aria-label', t('chart.beside'));
    buttons.forEach((button, i) => {
      const [name, key] = TABS[i];
      button.hidden = name === 'results' && !few;
      button.textContent = t(key);
      if (name === 'curvature') button.title = t('chart.curvature.title');
      button.setAttribute('aria-pressed', String(name === shown));
    });
  }
  show();
  return store.watch(['panel', 'chart', 'state', 'points', 'samples', 'draft', 'language'], show);
}
