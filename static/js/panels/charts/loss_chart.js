// @ts-check
// The loss curve: training and test loss over the steps, its scale, and the button that compares runs; of classes accuracy
// in its place.

import { readPalette } from '../../draw/base/palette.js';
import { accuracyChart, lossChart } from '../../draw/chart/charts.js';
import { t } from '../../core/i18n.js';
import { drawWithPlotly } from '../../core/plotly.js';
import { readAccuracies, readHistory, readOtherBranches, readPlace } from './curves.js';

/**
 * @param {HTMLElement} panel
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function createLossChart(panel, store, send) {
  const box = /** @type {HTMLElement} */ (panel.querySelector('.drawing'));
  const title = /** @type {HTMLElement} */ (panel.querySelector('.title'));
  const [train, test] = panel.querySelectorAll('.key span');
  const compare = /** @type {HTMLButtonElement} */ (panel.querySelector('.race'));
  const idle = /** @type {HTMLElement} */ (panel.querySelector('.idle'));
  const curves = /** @type {HTMLButtonElement[]} */ ([...panel.querySelectorAll('[data-curve]')]);
  const scales = /** @type {HTMLButtonElement[]} */ ([...panel.querySelectorAll('[data-scale]')]);

  compare.onclick = () => {
    const starts = store.get('comparison') === null;
    if (starts) send({ type: 'reset' }); // the runs are compared from their start
    store.set({ comparison: starts ? 'optimizers' : null });
  };
  for (const button of curves) button.onclick = () => store.set({ curve: button.dataset.curve === 'accuracy' ? 'accuracy' : 'loss' });
  for (const button of scales) button.onclick = () => store.set({ lossScale: button.dataset.scale === 'log' ? 'log' : 'linear' });

  return {
    box,

    /** @param {[number, number]} range  of steps */
    draw(range) {
      const look = {
        width: box.clientWidth, height: box.clientHeight, palette: readPalette(box),
        names: /** @type {[string, string]} */ ([t('chart.train'), t('chart.test')]), step: t('chart.step'), at: readPlace(store), span: range,
      };
      const [history, tested] = [readHistory(store), store.get('state')?.has_test_set ?? true];
      const chart = showsAccuracy(store)
        ? accuracyChart(readAccuracies(store), { ...look, none: t('chart.no_accuracy') })
        : lossChart(tested ? history : { ...history, test_loss: [] }, { ...look, log: store.get('lossScale') === 'log', branches: readOtherBranches(store) });
      drawWithPlotly(box, chart);
    },

    /** What will be drawn here, as long as nothing has been. */
    showIdle() {
      idle.hidden = readHistory(store).steps.length > 1 || readOtherBranches(store).length > 0 || showsAccuracy(store);
      idle.textContent = t('chart.idle');
    },

    label() {
      this.showIdle();
      const accuracy = showsAccuracy(store);
      title.textContent = t('chart.loss');
      title.hidden = hasAccuracy(store);
      showCurves(curves, hasAccuracy(store), accuracy ? 'accuracy' : 'loss');
      train.textContent = t('chart.train');
      test.textContent = t('chart.test');
      compare.textContent = t('chart.race');
      compare.title = t('chart.race_title');
      compare.setAttribute('aria-pressed', String(store.get('comparison') !== null));
      box.setAttribute('aria-label', t(accuracy ? 'chart.accuracy_picture' : 'chart.loss_picture'));
      const scale = /** @type {HTMLElement} */ (panel.querySelector('[data-testid=loss-scale]'));
      scale.setAttribute('aria-label', t('chart.scale'));
      scale.hidden = accuracy;
      for (const button of scales) {
        button.textContent = t(`chart.${button.dataset.scale}`);
        button.setAttribute('aria-pressed', String(button.dataset.scale === store.get('lossScale')));
      }
    },
  };
}

/** @typedef {import('../../core/store.js').Store} Store */

/** @param {Store} store */
const hasAccuracy = (store) => (store.get('state')?.classes ?? 0) > 0;

/** @param {Store} store */
const showsAccuracy = (store) => hasAccuracy(store) && store.get('curve') === 'accuracy';

/** The switch between the two curves. @param {HTMLButtonElement[]} buttons @param {boolean} both  whether there are two @param {string} shown */
function showCurves(buttons, both, shown) {
  const group = /** @type {HTMLElement} */ (buttons[0].parentElement);
  group.hidden = !both;
  group.setAttribute('aria-label', t('chart.curve'));
  for (const button of buttons) {
    button.textContent = t(`chart.${button.dataset.curve}`);
    button.setAttribute('aria-pressed', String(button.dataset.curve === shown));
  }
}
