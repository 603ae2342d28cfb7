// @ts-check
// The first finding of the diagnosis as one sentence with its numbers, and a button that shows where on the page it is seen.
// Without a finding there is nothing.

import { scientific } from '../../draw/base/numbers.js';
import { write } from '../../core/elements.js';
import { formatCount, formatLoss, formatPercent, t } from '../../core/i18n.js';
import { highlight } from './highlight.js';

const HIGHLIGHT_TIME = 3000; // milliseconds
const SHORTEST_SHOWN = 700; // milliseconds a sentence stays at least, so that it can be read

/** Where a finding is seen that has no layer of its own, by data-testid. @type {Record<string, string>} */
const PLACES = { rate_too_high: 'learning-rate', overfitting: 'loss-chart', class_imbalance: 'boundary', stuck: 'loss-chart' };

/** Formats of a finding's numbers by their names; the others are counts. @type {Record<string, (value: number) => string>} */
const FORMATS = {
  times: (value) => (value < 100 ? String(Number(value.toPrecision(2))) : value < 1e6 ? formatCount(value) : scientific(value)),
  norm: scientific, loss: formatLoss, test_loss: formatLoss, share: formatPercent, recall: formatPercent, jumps: formatPercent, rate: (value) => String(value),
};

/** @typedef {import('../../wire/messages.js').Finding} Finding */

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {{elementsOf: (testid: string) => Element[], topBar: HTMLElement, scrollerOf: (element: Element) => Element | null}} page
 */
export function mountDiagnosis(root, store, page) {
  root.innerHTML = '<span role="status"></span><button type="button" data-testid="diagnosis-where"><svg class="icon"><use href="#icon-point"/></svg><span></span></button>';
  const [sentence, where] = /** @type {[HTMLElement, HTMLButtonElement]} */ ([...root.children]);
  const whereLabel = /** @type {HTMLElement} */ (where.lastElementChild);
  let shownAt = -Infinity;
  let timer = 0;
  let endHighlight = () => {};

  const firstFinding = () => store.get('health')?.findings[0] ?? null;

  function show() {
    clearTimeout(timer);
    const finding = firstFinding();
    const code = finding?.code ?? '';
    const wait = shownAt + SHORTEST_SHOWN - performance.now();
    if (code !== (root.dataset.code ?? '') && wait > 0) {
      timer = window.setTimeout(show, wait);
      return;
    }
    if (code !== root.dataset.code) shownAt = performance.now();
    root.dataset.code = code;
    root.hidden = !finding;
    if (!finding) return;
    const text = sentenceOf(finding, (store.get('state')?.sizes.length ?? 0) - 2);
    write(sentence, text);
    root.title = `${text}\n${t(`diagnosis.${code}.why`)}`;
    whereLabel.textContent = where.title = t('diagnosis.where');
  }

  where.onclick = () => {
    const finding = firstFinding();
    if (!finding) return;
    endHighlight();
    endHighlight = highlight(placesOf(finding).flatMap(page.elementsOf), HIGHLIGHT_TIME, page);
  };

  show();
  const stop = store.watch(['health', 'language'], show);
  return () => {
    clearTimeout(timer);
    endHighlight();
    stop();
    root.replaceChildren();
  };
}

/** @param {Finding} finding @param {number} output  which layer is the output's */
function sentenceOf({ code, layer, values: numbers }, output) {
  const layerWords = (/** @type {number} */ at) => (at === output ? t('chart.output') : t('chart.layer', { layer: at + 1 })); // as in the chart beside it
  /** @type {Record<string, unknown>} */
  const values = { where: layerWords(layer ?? 0) };
  for (const [name, value] of Object.entries(numbers)) values[name] = FORMATS[name]?.(value) ?? value;
  if (code === 'vanishing') values.steepest = layerWords(numbers.steepest);
  const variant = code === 'rate_too_high' ? (numbers.step === undefined ? '.jumps' : '.diverged') : '';
  return t(`diagnosis.${code}${variant}`, values);
}

/** By data-testid, the first of them surely in view. @param {Finding} finding */
function placesOf({ code, layer, neurons }) {
  if (layer === null) return [PLACES[code]];
  return [`gradient-layer-${layer}`, ...(neurons.length ? neurons.map((neuron) => `neuron-${layer}-${neuron}`) : [`layer-${layer}-menu`])];
}
