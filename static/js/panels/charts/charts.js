// @ts-check
// The charts below the network: the loss curve with the timeline under it, and the layers through time, or in their place
// the pictures of all branches. On a wall there is room for one of the two charts.

import { t } from '../../core/i18n.js';
import { hasPlotly, loadPlotly, purge } from '../../core/plotly.js';
import { mountBranchPictures } from './branch_pictures.js';
import { readStepRange } from './curves.js';
import { createLayersChart } from './layers_chart.js';
import { createLossChart } from './loss_chart.js';
import { mountLog } from './log.js';
import { mountNoGradient } from './no_gradient.js';
import { mountResults } from './results.js';
import { mountTabs } from './tabs.js';
import { mountTimeline } from './timeline.js';
import { createDrawSchedule, drawNow } from './draw_schedule.js';

const [LOSS, LAYERS] = [0, 1];
const MARKUP = `
  <section class="panel chart loss-panel"><h2><span class="title"></span><span class="seg curve" role="group"><button type="button" data-testid="curve-loss" data-curve="loss"></button><button type="button" data-testid="curve-accuracy" data-curve="accuracy"></button></span><span class="key"><i></i><span></span><i class="dashed"></i><span></span></span><span class="grow"></span>
    <button type="button" class="button other" data-testid="chart-layers" data-chart="layers"></button>
    <button type="button" class="button race" data-testid="race"></button>
    <span class="seg" role="group" data-testid="loss-scale"><button type="button" data-scale="linear"></button><button type="button" data-scale="log"></button></span></h2>
    <div class="drawing" data-testid="loss-chart" role="img"></div><p class="idle" data-testid="idle" hidden></p><div class="timeline" id="timeline"></div></section>
  <section class="panel chart gradients-chart"><h2><span class="seg tabs" role="group"></span>
    <span class="select mini"><select class="quantity" data-testid="quantity"></select></span><span class="grow"></span>
    <button type="button" class="button other" data-testid="chart-loss" data-chart="loss"></button></h2>
    <div class="drawing" data-testid="gradient-chart" role="img"></div><div class="table results" tabindex="0" hidden></div><div class="table log" tabindex="0" hidden></div></section>
  <section class="panel chart beside" id="beside" data-testid="beside-panel" hidden></section>`;

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {import('../../core/predictions.js').Follow} follow
 * @returns {() => void} undo
 */
export function mountCharts(root, store, send, follow) {
  root.insertAdjacentHTML('afterbegin', MARKUP);
  const [lossPanel, layersPanel, branchPanel] = ['.loss-panel', '.gradients-chart', '.beside'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  const loss = createLossChart(lossPanel, store, send);
  const layers = createLayersChart(layersPanel, store);
  const schedule = createDrawSchedule([loss, layers], () => readStepRange(store));
  loadPlotly().then(schedule.wake, () => [loss, layers].forEach(({ box }) => { box.textContent = t('chart.failed'); }));
  const labelSwitch = makeSwitch(root, store);

  function label() {
    loss.label();
    layers.label();
    labelSwitch();
  }
  label();
  const stops = [
    store.watch(['history', 'timeline'], () => (loss.showIdle(), schedule.wake())),
    store.watch(['printed'], () => store.get('printed') && hasPlotly() && drawNow([loss, layers], readStepRange(store))),
    store.watch(['lossScale'], () => (loss.label(), schedule.wakeNow(LOSS))),
    store.watch(['quantity'], () => (layers.label(), schedule.wakeNow(LAYERS))),
    store.watch(['curve', 'state'], () => (loss.label(), schedule.wakeNow(LOSS))),
    store.watch(['comparison', 'chart'], label),
    store.watch(['language', 'theme', 'profile'], () => (label(), schedule.wake())),
    mountNoGradient(layersPanel, store),
    mountTabs(layersPanel, store),
    mountLog(/** @type {HTMLElement} */ (layersPanel.querySelector('.log')), /** @type {HTMLElement} */ (layersPanel.querySelector('h2')), store),
    mountResults(/** @type {HTMLElement} */ (layersPanel.querySelector('.results')), store, follow),
    mountTimeline(/** @type {HTMLElement} */ (lossPanel.querySelector('.timeline')), store, send),
    mountBranchPictures(branchPanel, store, send),
    schedule.stop,
    () => [loss, layers].forEach(({ box }) => purge(box)),
    () => [lossPanel, layersPanel, branchPanel].forEach((panel) => panel.remove()),
  ];
  return () => stops.forEach((stop) => stop());
}

/**
 * The buttons that show the other chart, where there is room for one.
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @returns {() => void} says which is shown, in the words of now
 */
function makeSwitch(root, store) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-chart]')]);
  for (const button of buttons) {
    button.onclick = () => {
      store.set({ chart: button.dataset.chart === 'layers' ? 'layers' : 'loss' });
      root.dataset.shown = button.dataset.chart;
      buttons.find((other) => other !== button)?.focus(); // the button that leads back
    };
  }
  return () => {
    root.dataset.shown = store.get('chart');
    for (const button of buttons) {
      button.textContent = t(`chart.${button.dataset.chart}`);
      button.title = t('chart.other');
    }
  };
}
