// @ts-check
// The loss curve: training and test loss over the steps, its scale, and the button that compares runs.

import { readPalette } from '../../draw/base/palette.js';
import { lossChart } from '../../draw/chart/charts.js';
import { t } from '../../core/i18n.js';
import { drawWithPlotly } from '../../core/plotly.js';
import { readHistory, readOtherBranches, readPlace } from './curves.js';

/**
 * @param {HTMLElement} panel
 * @param {import('../../core/store.js').Store} store
 */
export function createLossChart(panel, store) {
  const box = /** @type {HTMLElement} */ (panel.querySelector('.drawing'));
  const title = /** @type {HTMLElement} */ (panel.querySelector('.title'));
  const [train, test] = panel.querySelectorAll('.key span');
  const compare = /** @type {HTMLButtonElement} */ (panel.querySelector('.race'));
  const scales = /** @type {HTMLButtonElement[]} */ ([...panel.querySelectorAll('[data-scale]')]);

  compare.onclick = () => store.set({ comparison: store.get('comparison') ? null : 'optimizers' });
  for (const button of scales) button.onclick = () => store.set({ lossScale: button.dataset.scale === 'log' ? 'log' : 'linear' });

  return {
    box,

    /** @param {[number, number]} range  of steps */
    draw(range) {
      const history = readHistory(store);
      const chart = lossChart(store.get('state')?.has_test_set ?? true ? history : { ...history, test_loss: [] }, {
        width: box.clientWidth, height: box.clientHeight, palette: readPalette(box), log: store.get('lossScale') === 'log',
        names: [t('chart.train'), t('chart.test')], step: t('chart.step'), at: readPlace(store), branches: readOtherBranches(store),
      });
      chart.layout.xaxis.range = range;
      drawWithPlotly(box, chart);
    },

    label() {
      title.textContent = t('chart.loss');
      train.textContent = t('chart.train');
      test.textContent = t('chart.test');
      compare.textContent = t('chart.race');
      compare.title = t('chart.race_title');
      compare.setAttribute('aria-pressed', String(store.get('comparison') !== null));
      box.setAttribute('aria-label', t('chart.loss_picture'));
      panel.querySelector('.seg')?.setAttribute('aria-label', t('chart.scale'));
      for (const button of scales) {
        button.textContent = t(`chart.${button.dataset.scale}`);
        button.setAttribute('aria-pressed', String(button.dataset.scale === store.get('lossScale')));
      }
    },
  };
}
