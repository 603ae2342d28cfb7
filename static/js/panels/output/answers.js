// @ts-check
// Sums of a person's own for a network that learns arithmetic: two numbers in, its answers beside the true ones, and
// whether it was ever shown that pair.

import { fixed } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';

const SIGNS = ['+', '−'];

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountAnswers(root, store, follow) {
  const field = (/** @type {string} */ name) => `<input type="number" step="any" data-testid="${name}-number">`;
  root.innerHTML = `
    <p class="pair-of">${field('first')}${field('second')}<span class="seen-pair" data-testid="pair-seen"></span></p>
    <dl>${SIGNS.map((_, i) => `<div><dt></dt><dd data-testid="answer-${i}"></dd><dd class="true" data-testid="truth-${i}"></dd></div>`).join('')}</dl>`;
  const inputs = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('input')]);
  const rows = [...root.querySelectorAll('dl > div')];
  const seen = /** @type {HTMLElement} */ (root.querySelector('.seen-pair'));
  inputs.forEach((input, i) => (input.value = String([3, 4][i])));

  const visible = () => store.get('state')?.spec.dataset === 'arithmetic' && store.get('spec')?.dataset === 'arithmetic' && !store.get('draft');
  const numbers = () => inputs.map((input) => input.valueAsNumber);
  const written = () => numbers().every(Number.isFinite);

  const soon = follow(() => (visible() && written() ? [numbers()] : null), ({ answers: [answer] }) => {
    rows.forEach((row, i) => {
      const cell = /** @type {HTMLElement} */ (row.children[1]);
      const value = answer[i];
      cell.textContent = value === null ? '–' : fixed(value, 2);
      cell.dataset.value = value === null ? '' : String(value);
    });
  });

  function show() {
    root.hidden = !visible();
    if (root.hidden) return;
    const [a, b] = numbers();
    const { low, high } = store.get('state').kind;
    inputs.forEach((input, i) => input.setAttribute('aria-label', t(['answers.first', 'answers.second'][i])));
    rows.forEach((row, i) => {
      const [sum, answer, truth] = /** @type {HTMLElement[]} */ ([...row.children]);
      const value = i ? a - b : a + b;
      sum.textContent = written() ? `${short(a)} ${SIGNS[i]} ${b < 0 ? `(${short(b)})` : short(b)} =` : '';
      truth.textContent = written() ? t('answers.truth', { value: short(value) }) : '';
      if (!written()) answer.textContent = '–';
    });
    const isKnown = store.get('points')?.train.some((/** @type {number[]} */ [x1, x2]) => x1 === a && x2 === b);
    const outside = Math.min(a, b) < low || Math.max(a, b) > high;
    seen.textContent = !written() ? t('answers.needed') : t(isKnown ? 'answers.seen' : outside ? 'answers.outside' : 'answers.unseen');
    soon();
  }

  for (const input of inputs) input.oninput = show;
  show();
  const undo = [
    store.watch(['state', 'spec', 'points', 'language', 'draft'], show),
    store.watch(['frame'], soon),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** As few digits as it needs, with a true minus. @param {number} value */
const short = (value) => String(Math.round(value * 1000) / 1000).replace('-', '−');
