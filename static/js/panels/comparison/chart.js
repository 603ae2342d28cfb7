// @ts-check
// The training losses of the compared runs in one chart, drawn at a pace the page can take.

import { readPalette } from '../../draw/base/palette.js';
import { comparisonChart } from '../../draw/chart/charts.js';
import { t } from '../../core/i18n.js';
import { drawWithPlotly, hasPlotly, purge } from '../../core/plotly.js';

const DRAW_EVERY = 400; // milliseconds: a chart costs some 20

/**
 * @param {HTMLElement} box
 * @param {import('../../core/store.js').Store} store
 * @param {() => import('./runs.js').ComparedRun[]} read
 * @param {() => import('./runs.js').LineLook[]} readLooks  of the lines
 */
export function createChart(box, store, read, readLooks) {
  let drawnAt = 0;
  let timer = 0;

  function draw() {
    timer = 0;
    drawnAt = performance.now();
    if (!hasPlotly() || !box.clientWidth || document.hidden) return; // without a width where the panel is closed
    const looks = readLooks();
    const lines = read().map(({ name, steps, losses }, i) => ({ name, steps, losses, ...looks[i] }));
    const look = { width: box.clientWidth, height: box.clientHeight, palette: readPalette(box), log: store.get('lossScale') === 'log', step: t('chart.step') };
    drawWithPlotly(box, comparisonChart(lines.reverse(), look)); // the line drawn last, this page's, is on top
  }

  return {
    box,
    drawSoon() {
      timer ||= window.setTimeout(draw, Math.max(0, drawnAt + DRAW_EVERY - performance.now()));
    },
    stop() {
      clearTimeout(timer);
      purge(box);
    },
  };
}
