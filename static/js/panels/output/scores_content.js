// @ts-check
// Fills the scores with the metrics of a run, and the losses and counters of its newest frame.

import { write } from '../../core/elements.js';
import { formatCount, formatLoss, formatPercent, t } from '../../core/i18n.js';
import { inDataUnit } from '../../experiment/output.js';
import { showConfusionMatrix } from './confusion_matrix.js';
import { showRocCurve } from './roc_curve.js';
import { SETS } from './scores_markup.js';

const three = (/** @type {number} */ value) => value.toFixed(3);
/** Rows of the table: key of the text, name of the score, format. @type {[string, string, (value: number) => string][]} */
const OF_CLASSES = [['scores.accuracy', 'accuracy', formatPercent], ['scores.precision', 'precision', three], ['scores.recall', 'recall', three], ['scores.f1', 'f1', three]];
/** @type {typeof OF_CLASSES} */
const OF_VALUES = [['scores.r2', 'r2', three], ['scores.mae', 'mae', formatLoss], ['scores.rmse', 'rmse', formatLoss]];

/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('../../wire/messages.js').Scores} Scores */

/** @param {HTMLElement} root @param {Frame | null} frame @param {Scores | null} scores @param {import('../../experiment/output.js').Output} output */
export function showScores(root, frame, scores, output) {
  const { classes, plane, numbers: names } = output;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  showTable(root, classes ? OF_CLASSES : OF_VALUES, frame, scores, output);
  showSpent(root, frame);
  showEachR2(find('.each-r2'), scores?.r2?.train.each ?? []);
  find('.matrices').hidden = !classes;
  find('.roc').hidden = classes !== 2;
  for (const set of SETS) {
    if (classes) showConfusionMatrix(find(`[data-testid=confusion-${set}]`), scores?.confusion?.[set] ?? null, { names, marks: plane });
    const roc = scores?.roc?.[set];
    showRocCurve(/** @type {SVGElement} */ (root.querySelector(`.roc path.${set}`)), roc);
    put(root, `auc-${set}`, roc?.auc, three);
  }
}

/** @param {HTMLElement} root @param {typeof OF_CLASSES} rows @param {Frame | null} frame @param {Scores | null} scores @param {import('../../experiment/output.js').Output} output */
function showTable(root, rows, frame, scores, output) {
  const body = /** @type {HTMLElement} */ (root.querySelector('tbody'));
  const key = rows[0][0] + document.documentElement.lang;
  if (body.dataset.key !== key) {
    body.dataset.key = key;
    body.innerHTML = `${rows.map(([text, name]) => `<tr><th title="${t(`${text}.help`)}">${t(text)}</th>${SETS.map((set) => `<td class="of-${set}" data-testid="${set}-${name}"></td>`).join('')}</tr>`).join('')}
        <tr><th>${t('scores.loss')}</th>${SETS.map((set) => `<td class="of-${set}" data-testid="${set}-loss-too"></td>`).join('')}</tr>`;
  }
  for (const set of SETS) {
    for (const [, name, format] of rows) put(root, `${set}-${name}`, inDataUnit(name, name === 'r2' && scores?.r2 ? scores.r2[set].whole : scores?.scores[set][name], output), format);
    put(root, `${set}-loss-too`, frame?.[`${set}_loss`], formatLoss);
  }
}

/** R² of each output, paler where less is explained; – for one that does not vary. @param {HTMLElement} root @param {(number | null)[]} each */
function showEachR2(root, each) {
  root.hidden = each.length === 0;
  const cells = /** @type {HTMLElement} */ (root.lastElementChild);
  if (cells.children.length !== each.length) cells.replaceChildren(...each.map(() => document.createElement('b')));
  cells.style.setProperty('--columns', String(each.length === 64 ? 8 : Math.min(10, each.length))); // a picture as it lies
  each.forEach((value, i) => {
    const cell = /** @type {HTMLElement} */ (cells.children[i]);
    write(cell, value === null ? '–' : value > -10 ? value.toFixed(2).replace('-', '−') : '< −9');
    cell.style.setProperty('--share', String(Math.max(0, value ?? 0)));
  });
}

/** What the run has used so far, and whether it has stopped. @param {HTMLElement} root @param {Frame | null} frame */
function showSpent(root, frame) {
  put(root, 'samples-spent', frame?.samples, formatCount);
  put(root, 'rate-now', frame?.learning_rate, formatRate);
  put(root, 'epoch-loss', frame?.epoch_loss, formatLoss);
  putText(root, 'run-state', t(frame?.stopped ? `stopped.${frame.stopped}` : 'stopped.not'), frame?.stopped);
}

/** @param {HTMLElement} root @param {string} testid @param {number | null | undefined} value @param {(value: number) => string} format */
function put(root, testid, value, format) {
  putText(root, testid, value === null || value === undefined ? '–' : format(value), value);
}

/** @param {HTMLElement} root @param {string} testid @param {string} text @param {unknown} value */
function putText(root, testid, text, value) {
  const element = /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${testid}]`));
  write(element, text);
  element.dataset.value = String(value ?? '');
}

/** Three significant digits. @param {number} rate */
const formatRate = (rate) => (rate === 0 || rate >= 1e-4 ? String(Number(rate.toPrecision(3))) : formatLoss(rate));
