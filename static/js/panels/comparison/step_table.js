// @ts-check
// The losses of runs that should be the same, number by number: the newest steps that all have which have begun, newest first.

import { commonSteps, formatExact } from '../../draw/base/curve_difference.js';
import { formatCount, formatDifference, t } from '../../core/i18n.js';
import { createThrottle } from '../../core/throttle.js';

const MOST = 100; // rows
const EVERY = 400; // milliseconds: nobody reads them faster

/** @param {HTMLElement} box @param {() => import('./runs.js').ComparedRun[]} read */
export function createStepTable(box, read) {
  const throttle = createThrottle(EVERY, () => {
    if (!box.hidden) box.replaceChildren(makeTable(read()));
  });
  return { box, drawSoon: throttle.request, stop: throttle.stop };
}

/** @param {import('./runs.js').ComparedRun[]} runs */
function makeTable(runs) {
  const table = document.createElement('table');
  addRow(table.createTHead(), [t('comparison.step'), ...runs.map(({ name }) => name), t('comparison.difference')], 'th');
  const body = table.createTBody();
  const started = runs.filter(({ steps }) => steps.length);
  if (started.length < 2) return table;
  for (const { step, losses } of commonSteps(started).slice(-MOST).reverse()) {
    const texts = runs.map((run) => (run.steps.length ? formatExact(losses[started.indexOf(run)]) : '–'));
    const row = addRow(body, [formatCount(step), ...texts, formatDifference(Math.max(...losses) - Math.min(...losses))], 'td');
    row.dataset.step = String(step);
  }
  return table;
}

/** @param {HTMLTableSectionElement} section @param {string[]} texts @param {'th' | 'td'} kind */
function addRow(section, texts, kind) {
  const row = section.insertRow();
  for (const text of texts) row.append(Object.assign(document.createElement(kind), { textContent: text }));
  return row;
}
