// @ts-check
// The panel of the learning-rate finder: one run whose rate rises at every step, and one click that takes the rate found.

import { write } from '../../core/elements.js';
import { t, translate } from '../../core/i18n.js';
import { emptyCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { drawRateCurve } from '../../draw/chart/rate_curve.js';
import { shortNumber } from '../../draw/base/numbers.js';

const MARKUP = `
  <div class="panel study-main">
    <div class="study-knobs">
      <button type="button" class="button" data-testid="rate-finder" data-t="rate.start" data-value=""></button>
      <button type="button" class="button" data-testid="rate-take" hidden></button>
    </div>
    <div class="study-map">
      <canvas class="study-still" data-testid="rate-curve" role="img" data-t-label="studies.rate"></canvas>
      <p class="study-hint" data-t="rate.hint"></p>
    </div>
    <p class="study-sentence" data-testid="rate-sentence" role="status"></p>
  </div>`;

/** @param {HTMLElement} root @param {import('./study_panel.js').Context} context @returns {import('./study_panel.js').StudyPanel} */
export function mountRateFinder(root, { store, send }) {
  root.innerHTML = MARKUP;
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=rate-${name}]`));
  const [start, take, canvas, sentence] = ['finder', 'take', 'curve', 'sentence'].map(of);
  let visible = false;
  let taken = 0;

  function show() {
    if (!visible) return;
    const study = store.get('study');
    /** @type {import('../../wire/messages.js').RateSearch | undefined} */
    const search = study?.plan.kind === 'rate' ? study.parts[0] : undefined;
    const steepest = search?.steepest ?? null;
    root.classList.toggle('empty', !search);
    start.dataset.value = steepest === null ? '' : String(steepest);
    take.hidden = steepest === null;
    taken = steepest ?? 0;
    write(take, t('rate.take', { rate: shortNumber(taken) }));
    write(sentence, search ? sentenceOf(search) : '');
    paint(search);
  }

  /** @param {import('../../wire/messages.js').RateSearch | undefined} search */
  function paint(search) {
    const empty = emptyCanvas(canvas);
    if (!empty || !search?.losses.length) return;
    const { context, width, height } = empty;
    drawRateCurve(context, width, height, search, readPalette(canvas), {
      rate: t('rate.axis'), steepest: t('rate.steepest', { rate: shortNumber(search.steepest ?? 0) }), lastStable: t('rate.last_stable', { rate: shortNumber(search.last_stable ?? 0) }),
    });
  }

  start.onclick = () => send({ type: 'find_rate' });
  take.onclick = () => send({ type: 'configure', spec: { learning_rate: taken } });
  store.watch(['study'], show);
  return {
    shown() {
      visible = true;
      translate(root);
      show();
    },
    hidden() { visible = false; },
  };
}

/** @param {import('../../wire/messages.js').RateSearch} search */
const sentenceOf = ({ steepest, last_stable: lastStable }) => (
  steepest === null || lastStable === null ? t('rate.none') : t('rate.found', { steepest: shortNumber(steepest), last: shortNumber(lastStable) })
);
