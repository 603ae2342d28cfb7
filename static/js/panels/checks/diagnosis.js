// @ts-check
// One sentence where something is wrong, with the number that says so, and a button that shows where. Where nothing is
// wrong there is nothing.

import { scientific } from '../../draw/base/numbers.js';
import { write } from '../../core/elements.js';
import { formatCount, formatLoss, formatPercent, t } from '../../core/i18n.js';
import { ringAround } from './ring.js';

const POINTED = 3000; // milliseconds
const SETTLED = 700; // milliseconds a sentence stays at least, so that it can be read

/** What to look at where a finding has no layer of its own. @type {Record<string, string>} */
const PLACES = { rate_too_high: 'learning-rate', overfitting: 'loss-chart', class_imbalance: 'boundary', stuck: 'loss-chart' };

/** @type {Record<string, (value: number) => string>} how a finding's numbers are written */
const WRITTEN = {
  times: (value) => (value < 100 ? String(Number(value.toPrecision(2))) : value < 1e6 ? formatCount(value) : scientific(value)),
  norm: scientific, loss: formatLoss, test_loss: formatLoss, share: formatPercent, recall: formatPercent, jumps: formatPercent, rate: (value) => String(value),
};

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 */
export function mountDiagnosis(root, store) {
  root.innerHTML = '<span role="status"></span><button type="button" data-testid="diagnosis-where"><svg class="icon"><use href="#icon-point"/></svg><span></span></button>';
  const [sentence, where] = /** @type {[HTMLElement, HTMLButtonElement]} */ ([...root.children]);
  const whereWords = /** @type {HTMLElement} */ (where.lastElementChild);
  let shownAt = -Infinity;
  let timer = 0;
  let unring = () => {};

  const finding = () => store.get('health')?.findings[0] ?? null;

  function show() {
    clearTimeout(timer);
    const found = finding();
    const code = found?.code ?? '';
    const wait = shownAt + SETTLED - performance.now();
    if (code !== (root.dataset.code ?? '') && wait > 0) {
      timer = window.setTimeout(show, wait);
      return;
    }
    if (code !== root.dataset.code) shownAt = performance.now();
    root.dataset.code = code;
    root.hidden = !found;
    if (!found) return;
    /** @type {Record<string, unknown>} */
    const values = { layer: (found.layer ?? 0) + 1 };
    for (const [name, value] of Object.entries(found.values)) values[name] = (WRITTEN[name] ?? formatCount)(/** @type {number} */ (value));
    if (code === 'vanishing') values.steepest = formatCount(found.values.steepest + 1);
    const which = code === 'rate_too_high' ? (found.values.step === undefined ? '.jumps' : '.diverged') : '';
    const text = t(`diagnosis.${code}${which}`, values);
    write(sentence, text);
    root.title = `${text}\n${t(`diagnosis.${code}.why`)}`;
    whereWords.textContent = t('diagnosis.where');
    where.title = t('diagnosis.where');
  }

  where.onclick = () => {
    const found = finding();
    if (!found) return;
    unring();
    unring = ringAround(placesOf(found).flatMap((id) => [...document.querySelectorAll(`[data-testid=${id}]`)]), POINTED);
  };

  show();
  const stop = store.watch(['health', 'language'], show);
  return () => {
    clearTimeout(timer);
    unring();
    stop();
    root.replaceChildren();
  };
}

/** By data-testid, the first of them surely in view. @param {{code: string, layer: number | null, neurons: number[]}} finding */
function placesOf({ code, layer, neurons }) {
  if (layer === null) return [PLACES[code]];
  return [`gradient-layer-${layer}`, ...(neurons.length ? neurons.map((neuron) => `neuron-${layer}-${neuron}`) : [`layer-${layer}-menu`])];
}
