// @ts-check
// The compared runs in figures: one row for each, the best marked.

import { formatExact } from '../../draw/base/curve_difference.js';
import { noiseOf } from '../../draw/base/noise.js';
import { write } from '../../core/elements.js';
import { formatCount, formatDifference, formatLoss, formatPercent, t } from '../../core/i18n.js';

const COLUMNS = ['run', 'step', 'train_loss', 'test_accuracy', 'samples', 'noise'];
const EXACT_COLUMNS = ['run', 'step', 'train_loss', 'difference', 'at', 'compared']; // of runs that should be the same

/** @typedef {import('./runs.js').ComparedRun} ComparedRun */
/** @typedef {import('./runs.js').LineLook} LineLook */

/**
 * @param {HTMLTableElement} table
 * @param {(index: number) => void} remove  of the runs beside this page's, from 0
 */
export function createTable(table, remove) {
  const body = table.tBodies[0];
  let columns = COLUMNS;

  /** @param {number} index  of all runs: 0 is this page's */
  function makeRow(index) {
    const row = document.createElement('tr');
    row.dataset.testid = `rival-${index}`;
    row.innerHTML = `<th scope="row" data-testid="compare-run"><i></i><span></span><small></small>${index ? '<button class="remove" type="button">×</button>' : ''}</th>${columns.slice(1).map((column) => `<td data-column="${column}"></td>`).join('')}`;
    const button = row.querySelector('button');
    if (button) button.onclick = () => remove(index - 1);
    return row;
  }

  function label() {
    /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll('thead th')).forEach((cell, i) => {
      cell.dataset.column = columns[i];
      cell.textContent = t(`comparison.${columns[i]}`);
      cell.title = t(`comparison.${columns[i]}.help`);
    });
  }

  return {
    label,
    /** @param {ComparedRun[]} runs @param {LineLook[]} looks @param {boolean} exact  whether they should be the same */
    show(runs, looks, exact) {
      if (exact !== (columns === EXACT_COLUMNS)) {
        columns = exact ? EXACT_COLUMNS : COLUMNS;
        body.replaceChildren();
        label();
      }
      while (body.children.length > runs.length) body.lastElementChild?.remove();
      while (body.children.length < runs.length) body.append(makeRow(body.children.length));
      const best = exact ? [] : bestOf(runs);
      runs.forEach((run, i) => fillRow(body.rows[i], run, looks[i], best.includes(i), exact));
    },
  };
}

/** Those with the lowest loss at the last step that all have reached; none at the start. @param {ComparedRun[]} runs */
function bestOf(runs) {
  const together = Math.min(...runs.map(({ step }) => step));
  if (together === 0) return [];
  const losses = runs.map((run) => run.losses[run.steps.findLastIndex((step) => step <= together)] ?? Infinity);
  const best = Math.min(...losses);
  return losses.flatMap((loss, i) => (loss === best ? [i] : []));
}

/** @param {HTMLTableRowElement} row @param {ComparedRun} run @param {LineLook} look @param {boolean} isBest @param {boolean} exact */
function fillRow(row, run, look, isBest, exact) {
  row.dataset.value = String(run.train_loss ?? '');
  row.dataset.step = String(run.step);
  row.dataset.difference = String(run.difference?.size ?? '');
  Object.assign(/** @type {HTMLElement} */ (row.firstElementChild).dataset, { name: run.name, loss: String(run.train_loss ?? '') });
  row.title = run.title;
  row.classList.toggle('best', isBest);
  const [head, ...cells] = /** @type {HTMLElement[]} */ ([...row.children]);
  const [mark, name, note] = /** @type {HTMLElement[]} */ ([...head.children]);
  mark.style.color = look.color;
  mark.classList.toggle('dashed', look.dash !== 'solid');
  write(name, run.name);
  write(note, run.note);
  head.querySelector('button')?.setAttribute('aria-label', t('comparison.remove', { name: run.name }));
  const texts = exact ? exactFiguresOf(run) : figuresOf(run);
  cells.forEach((cell, column) => write(cell, texts[column]));
}

/** @param {ComparedRun} run */
function figuresOf({ step, train_loss: loss, test_accuracy: accuracy, samples, losses }) {
  const noise = noiseOf(losses);
  return [
    formatCount(step, 1e5),
    loss === null ? '–' : formatLoss(loss),
    accuracy === null ? '–' : formatPercent(accuracy),
    samples === null ? '–' : formatCount(samples, 1e5),
    noise === null ? '–' : formatPercent(noise, noise < 0.0995 ? 1 : 0),
  ];
}

/** @param {ComparedRun} run */
function exactFiguresOf({ step, train_loss: loss, difference }) {
  return [
    formatCount(step, 1e5),
    loss === null ? '–' : formatExact(loss),
    difference ? formatDifference(difference.size) : '',
    difference?.size ? formatCount(difference.step, 1e5) : '',
    difference ? formatCount(difference.count, 1e5) : '',
  ];
}
