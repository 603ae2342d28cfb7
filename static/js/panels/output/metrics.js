// @ts-check
// The main metrics in three numbers: accuracies and F1 of classes, R² and RMSE of values; in a line below them samples
// seen, learning rate and penalty. All metrics are in scores.js.

import { write } from '../../core/elements.js';
import { formatCount, formatLoss, formatPercent, t } from '../../core/i18n.js';
import { watchNumbers } from '../../core/throttle.js';
import { inDataUnit, readOutput } from '../../experiment/output.js';

const three = (/** @type {number} */ value) => (value > -10 ? value.toFixed(3) : '< −10').replace('-', '−');

/** Test id, key of its name, set, score, format. @type {[string, string, 'train' | 'test', string, (value: number) => string][]} */
const CLASSES = [
  ['train-accuracy', 'metric.train_accuracy', 'train', 'accuracy', formatPercent],
  ['test-accuracy', 'metric.test_accuracy', 'test', 'accuracy', formatPercent],
  ['f1', 'metric.f1', 'test', 'f1', (value) => value.toFixed(2)],
];
/** @type {typeof CLASSES} */
const VALUES = [
  ['train-r2', 'metric.train_r2', 'train', 'r2', three],
  ['r2', 'metric.r2', 'test', 'r2', three],
  ['rmse', 'metric.rmse', 'test', 'rmse', formatLoss],
];

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 */
export function mountMetrics(root, store) {
  const list = /** @type {HTMLElement} */ (root.querySelector('dl'));
  const word = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${id}]`));
  const [samples, rate, penalty] = ['samples', 'rate', 'penalty'].map(word);

  /** @param {typeof CLASSES} rows */
  function make(rows) {
    const large = store.get('profile') === 'projector'; // no room for longer words
    const key = [rows.length, rows[0][0], document.documentElement.lang, large].join();
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    const word = (/** @type {(typeof CLASSES)[number]} */ [, name, set, score]) => t(large && score === 'accuracy' ? (set === 'train' ? 'metric.train_short' : 'metric.test_short') : name);
    list.innerHTML = rows.map((row) => `<div><dd data-testid="${row[0]}"></dd><dt tabindex="0" data-term="${row[3]}">${word(row)}</dt></div>`).join('');
  }

  /** @param {HTMLElement} element @param {string} key @param {number | undefined} value @param {(value: number) => string} format @param {boolean} meant */
  function put(element, key, value, format, meant) {
    element.hidden = !meant;
    write(element, t(key, { value: value === undefined ? '–' : format(value), count: value ?? 0 }));
    element.dataset.value = String(value ?? '');
  }

  const show = () => {
    const [frame, scores, spec, output] = [store.get('frame'), store.get('scores'), store.get('spec'), readOutput(store)];
    const hasSpread = (store.get('state')?.training_samples ?? 0) > 1; // of one sample there is no R²
    const rows = output?.classes === 0 ? VALUES.filter(([, , set]) => hasSpread || set === 'test') : CLASSES;
    make(rows);
    rows.forEach(([, , set, score, format], i) => {
      const measured = score === 'r2' && scores?.r2 ? scores.r2[set].whole : scores?.scores[set][score];
      const value = score === 'accuracy' ? measured ?? frame?.[`${set}_accuracy`] : inDataUnit(score, measured, output); // of one step, all three
      const known = value !== null && value !== undefined;
      const element = /** @type {HTMLElement} */ (list.children[i].firstElementChild);
      write(element, known ? format(value) : '–');
      element.dataset.value = known ? String(value) : '';
    });
    if (!spec) return;
    put(samples, 'metric.samples', frame?.samples, (value) => formatCount(value, 1e6), true);
    put(rate, 'metric.rate', frame?.learning_rate, formatLoss, spec.schedule !== 'constant' || spec.warmup_steps > 0);
    put(penalty, 'metric.penalty', frame?.penalty, formatLoss, Boolean(spec.l1 || spec.l2));
  };
  show();
  const stops = [store.watch(['scores', 'spec', 'language', 'profile'], show), watchNumbers(store, show)];
  return () => stops.forEach((stop) => stop());
}
