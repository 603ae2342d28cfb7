// @ts-check
// Runs compared from the same start: their losses in one chart and one row of figures each, this page's run first.

import { readPalette } from '../../draw/base/palette.js';
import { runLook } from '../../draw/base/run_look.js';
import { t } from '../../core/i18n.js';
import { createChart } from './chart.js';
import { createChoices } from './choices.js';
import { createOwnRun } from './own_run.js';
import { isSame, readRuns } from './runs.js';
import { createStepTable } from './step_table.js';
import { createTable } from './table.js';

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {import('./runs.js').ComparisonRuns} runs
 */
export function mountComparison(root, store, send, runs) {
  const choices = createChoices(root, store, send, runs);
  const own = createOwnRun(store);
  const read = () => readRuns(store, own);
  const table = createTable(/** @type {HTMLTableElement} */ (root.querySelector('table')), runs.remove);
  const chart = createChart(/** @type {HTMLElement} */ (root.querySelector('.drawing')), store, read, () => lineLooks(root, runs.most));
  const numbers = createStepTable(/** @type {HTMLElement} */ (root.querySelector('.numbers')), read);
  const ways = /** @type {HTMLElement} */ (root.querySelector('.ways'));
  let queued = 0;
  let counted = false; // whether the numbers stand in place of the curves

  function show() {
    queued = 0;
    const comparing = store.get('comparisonRuns') !== null;
    root.hidden = !comparing;
    document.body.classList.toggle('racing', comparing);
    choices.show();
    if (!comparing) return;
    const exact = isSame(store.get('comparisonRuns'));
    table.show(read(), lineLooks(root, runs.most), exact);
    const inNumbers = exact && counted;
    ways.hidden = !exact;
    numbers.box.hidden = !inNumbers;
    chart.box.hidden = inNumbers;
    root.classList.toggle('exact', exact);
    (inNumbers ? numbers : chart).drawSoon();
  }
  ways.querySelectorAll('button').forEach((button, i, both) => {
    button.onclick = () => {
      counted = i === 1;
      both.forEach((one) => one.setAttribute('aria-pressed', String(one === button)));
      show();
    };
  });

  function label() {
    table.label();
    choices.offer();
    show();
  }
  label();
  if (store.get('comparison')) choices.start();
  const observer = new ResizeObserver(show);
  observer.observe(chart.box);
  const stops = [
    store.watch(['comparison', 'began'], choices.start),
    store.watch(['state', 'fields', 'choices'], () => { if (store.get('comparison') && !store.get('comparisonRuns')) choices.start(); }), // asked for before they were there
    store.watch(['comparisonRuns', 'frame', 'lossScale', 'theme', 'profile'], () => { queued ||= requestAnimationFrame(show); }),
    store.watch(['state', 'fields', 'choices'], choices.offer),
    store.watch(['language'], label),
    () => observer.disconnect(),
    () => cancelAnimationFrame(queued),
    own.stop,
    chart.stop,
    numbers.stop,
    runs.stop,
  ];
  return () => stops.forEach((stop) => stop());
}

/**
 * Ink for this page's run; the others in colours of their own, every second one dashed.
 * @param {HTMLElement} root @param {number} others
 */
function lineLooks(root, others) {
  const palette = readPalette(root);
  return [{ color: palette.ink, dash: 'solid' }, ...Array.from({ length: others }, (_, i) => {
    const { color, dashes } = runLook(palette, i);
    return { color, dash: dashes.map((size) => `${size}px`).join() || 'solid' };
  })];
}
