// @ts-check
// Everything that measures the run, on the training and the test set, one click away from the panel that shows three of
// its numbers: scores, confusion matrices, ROC curves, what was spent.

import { write } from '../../core/elements.js';
import { formatCount, formatLoss, formatPercent, t, translate } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';
import { showMatrix, showRoc } from './matrix.js';

const SETS = /** @type {const} */ (['train', 'test']);
const FOLLOWED_EVERY = 120; // milliseconds: digits that change faster cannot be read
const GAP = 6; // px

const two = (/** @type {number} */ value) => value.toFixed(3);
/** Rows of the table: key of the text, name of the score, how it is written. @type {[string, string, (value: number) => string][]} */
const OF_CLASSES = [['scores.accuracy', 'accuracy', formatPercent], ['scores.precision', 'precision', two], ['scores.recall', 'recall', two], ['scores.f1', 'f1', two]];
/** @type {[string, string, (value: number) => string][]} */
const OF_VALUES = [['scores.r2', 'r2', two], ['scores.mae', 'mae', formatLoss], ['scores.rmse', 'rmse', formatLoss]];

/**
 * @param {HTMLElement} root  a popover
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 */
export function mountScores(root, opener, store) {
  root.querySelector('.scores-body')?.remove();
  root.insertAdjacentHTML('beforeend', `
    <div class="scores-body">
      <table><thead><tr><th></th><th data-t="scores.train"></th><th data-t="scores.test"></th></tr></thead><tbody></tbody></table>
      <dl class="spent">
        <div><dt data-t="scores.samples"></dt><dd data-testid="samples-spent"></dd></div>
        <div><dt data-t="scores.rate"></dt><dd data-testid="rate-now"></dd></div>
        <div><dt data-t="scores.epoch_loss"></dt><dd data-testid="epoch-loss"></dd></div>
        <div><dt data-t="scores.state"></dt><dd data-testid="run-state"></dd></div>
      </dl>
      <div class="matrices">${SETS.map((set) => `<figure><figcaption data-t="scores.${set}_confusion"></figcaption><div class="matrix" data-testid="confusion-${set}"></div></figure>`).join('')}</div>
      <figure class="roc" data-testid="roc"><figcaption data-t="scores.roc"></figcaption>
        <svg viewBox="-4 -4 108 108" role="img"><path class="edge" d="M0 0V100H100"/><path class="chance" d="M0 100L100 0"/><path class="test"/><path class="train"/></svg>
        <p>${SETS.map((set) => `<span class="${set}"><i></i><span data-t="scores.${set}"></span> AUC <b data-testid="auc-${set}"></b></span>`).join('')}</p></figure>
    </div>`);
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const body = find('tbody');
  let due = 0;
  let shownAt = 0;

  /** @param {string} id @param {string} text @param {unknown} [value] */
  function put(id, text, value = '') {
    const element = find(`[data-testid=${id}]`);
    write(element, text);
    element.dataset.value = String(value ?? '');
  }

  /** @param {[string, string, (value: number) => string][]} rows @param {any} frame */
  function table(rows, frame) {
    const key = rows[0][0] + document.documentElement.lang;
    if (body.dataset.key !== key) {
      body.dataset.key = key;
      body.innerHTML = `${rows.map(([text, name]) => `<tr><th title="${t(`${text}.help`)}">${t(text)}</th>${SETS.map((set) => `<td data-testid="${set}-${name}"></td>`).join('')}</tr>`).join('')}
        <tr><th>${t('scores.loss')}</th>${SETS.map((set) => `<td data-testid="${set}-loss-too"></td>`).join('')}</tr>`;
    }
    for (const set of SETS) {
      for (const [, name, format] of rows) {
        const value = frame?.scores?.[set]?.[name];
        put(`${set}-${name}`, value === null || value === undefined ? '–' : format(value), value);
      }
      const loss = frame?.[`${set}_loss`];
      put(`${set}-loss-too`, loss === null || loss === undefined ? '–' : formatLoss(loss), loss);
    }
  }

  function show() {
    clearTimeout(due);
    due = 0;
    if (!root.matches(':popover-open')) return;
    shownAt = performance.now();
    const [frame, output, state] = [store.get('frame'), readOutput(store), store.get('state')];
    if (!output || !state) return;
    const { classes, plane } = output;
    table(classes ? OF_CLASSES : OF_VALUES, frame);
    put('samples-spent', frame ? formatCount(frame.samples ?? 0) : '–', frame?.samples);
    put('rate-now', frame?.learning_rate === undefined ? '–' : formatRate(frame.learning_rate), frame?.learning_rate);
    put('epoch-loss', frame?.epoch_loss === null || frame?.epoch_loss === undefined ? '–' : formatLoss(frame.epoch_loss), frame?.epoch_loss);
    put('run-state', t(frame?.stopped ? `stopped.${frame.stopped}` : 'stopped.not'), frame?.stopped);
    find('.matrices').hidden = !classes;
    const names = classes === 2 && plane ? ['−1', '+1'] : Array.from({ length: classes }, (_, i) => String(i));
    if (classes) for (const set of SETS) showMatrix(find(`[data-testid=confusion-${set}]`), frame?.confusion?.[set] ?? null, { names, marks: plane });
    find('.roc').hidden = classes !== 2;
    for (const set of SETS) {
      const roc = frame?.roc?.[set];
      showRoc(/** @type {any} */ (find(`.roc path.${set}`)), roc);
      put(`auc-${set}`, roc ? roc.auc.toFixed(3) : '–', roc?.auc);
    }
  }

  /** Beside the panel it belongs to, as much of it as the window can show. */
  function place() {
    if (!root.matches(':popover-open')) return;
    opener.setAttribute('aria-expanded', 'true');
    show();
    const { left, bottom } = opener.getBoundingClientRect();
    const panel = /** @type {HTMLElement} */ (opener.closest('.panel')).getBoundingClientRect();
    const { width, height } = root.getBoundingClientRect();
    const beside = panel.left - GAP - width;
    root.style.left = `${beside >= GAP ? beside : Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
    root.style.top = `${Math.max(GAP, Math.min(beside >= GAP ? panel.top : bottom + GAP, innerHeight - height - GAP))}px`;
  }

  function words() {
    translate(root);
    place();
  }

  root.addEventListener('toggle', () => {
    opener.setAttribute('aria-expanded', String(root.matches(':popover-open')));
    place();
  });
  addEventListener('resize', place);
  words();
  const undo = [
    store.watch(['frame'], () => { due ||= window.setTimeout(show, Math.max(0, shownAt + FOLLOWED_EVERY - performance.now())); }),
    store.watch(['language', 'profile'], words),
    store.watch(['state'], place), // another data set has another table
    () => removeEventListener('resize', place),
    () => clearTimeout(due),
  ];
  return () => undo.forEach((stop) => stop());
}

/** Three digits that count. @param {number} rate */
const formatRate = (rate) => (rate === 0 || rate >= 1e-4 ? String(Number(rate.toPrecision(3))) : formatLoss(rate));
