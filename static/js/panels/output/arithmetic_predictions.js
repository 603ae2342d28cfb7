// @ts-check
// For a network that learns arithmetic: two numbers of the person's own, the predicted sum and difference beside the true
// ones, and whether that pair was in the training set.

import { fixed } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';

const SIGNS = ['+', '−'];

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountArithmeticPredictions(root, store, follow) {
  const field = (/** @type {string} */ name) => `<input type="number" step="any" data-testid="${name}-number">`;
  root.innerHTML = `
    <p class="pair-of">${field('first')}${field('second')}<span class="seen-pair" data-testid="pair-seen"></span></p>
    <dl>${SIGNS.map((_, i) => `<div><dt></dt><dd data-testid="answer-${i}"></dd><dd class="true" data-testid="truth-${i}"></dd></div>`).join('')}</dl>`;
  const inputs = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('input')]);
  const rows = [...root.querySelectorAll('dl > div')];
  const seen = /** @type {HTMLElement} */ (root.querySelector('.seen-pair'));
  inputs.forEach((input, i) => (input.value = String([3, 4][i])));

  const isVisible = () => store.get('state')?.spec.dataset === 'arithmetic' && store.get('spec')?.dataset === 'arithmetic' && !store.get('draft');
  const numbers = () => inputs.map((input) => input.valueAsNumber);
  const isComplete = () => numbers().every(Number.isFinite);

  const request = follow(() => (isVisible() && isComplete() ? [numbers()] : null), ({ answers: [predicted] }) => {
    rows.forEach((row, i) => {
      const cell = /** @type {HTMLElement} */ (row.children[1]);
      const value = predicted[i];
      cell.textContent = value === null ? '–' : fixed(value, 2);
      cell.dataset.value = value === null ? '' : String(value);
    });
  });

  function show() {
    root.hidden = !isVisible();
    const kind = store.get('state')?.kind;
    if (root.hidden || !kind) return;
    const [a, b] = numbers();
    inputs.forEach((input, i) => input.setAttribute('aria-label', t(['answers.first', 'answers.second'][i])));
    rows.forEach((row, i) => {
      const [question, predicted, actual] = /** @type {HTMLElement[]} */ ([...row.children]);
      const value = i ? a - b : a + b;
      question.textContent = isComplete() ? `${short(a)} ${SIGNS[i]} ${b < 0 ? `(${short(b)})` : short(b)} =` : '';
      actual.textContent = isComplete() ? t('answers.truth', { value: short(value) }) : '';
      if (!isComplete()) predicted.textContent = '–';
    });
    const isInTraining = store.get('points')?.train.some(([x1, x2]) => x1 === a && x2 === b);
    const outside = Math.min(a, b) < kind.low || Math.max(a, b) > kind.high;
    seen.textContent = !isComplete() ? t('answers.needed') : t(isInTraining ? 'answers.seen' : outside ? 'answers.outside' : 'answers.unseen');
    request();
  }

  for (const input of inputs) input.oninput = show;
  show();
  const undo = [
    store.watch(['state', 'spec', 'points', 'language', 'draft'], show),
    store.watch(['frame'], request),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** As few digits as it needs, with a true minus. @param {number} value */
const short = (value) => String(Math.round(value * 1000) / 1000).replace('-', '−');
