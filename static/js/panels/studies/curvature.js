// @ts-check
// The panel of curvature: the largest eigenvalues of the loss's Hessian while the run trains, beside what a step can bear.

import { write } from '../../core/elements.js';
import { formatCount, t, translate } from '../../core/i18n.js';
import { emptyCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { addCurvature, drawCurvatureCurve } from '../../draw/chart/curvature_curve.js';
import { curvatureBound } from '../../experiment/curvature_bound.js';
import { createQuestions } from '../../core/repeated_questions.js';
import { shortNumber } from '../../draw/base/numbers.js';

/** @typedef {import('../../wire/messages.js').CurvatureMessage} CurvatureMessage */

const MARKUP = `
  <div class="panel study-main">
    <div class="study-knobs">
      <span class="study-knob"><span class="label" data-t="curvature.largest"></span><b class="study-number" data-testid="curvature"></b></span>
      <span class="study-knob" data-testid="curvature-quotient"><span class="label" data-t="curvature.quotient"></span><b class="study-number"></b></span>
      <span class="study-knob"><span class="label" data-testid="curvature-rule"></span><b class="study-number" data-testid="two-over-rate"></b></span>
    </div>
    <div class="study-map"><canvas data-testid="curvature-curve" role="img" data-t-label="studies.curvature"></canvas></div>
    <p class="curvature-verdict" data-testid="curvature-verdict" role="status"></p>
  </div>
  <div class="panel study-side">
    <h2 data-t="curvature.five"></h2>
    <ol class="curvature-values" data-testid="curvature-values"></ol>
    <ul class="curvature-notes label" data-testid="curvature-notes"></ul>
    <p class="label" data-t="curvature.hint"></p>
    <button type="button" class="button" data-testid="curvature-edge" data-t="curvature.edge" data-t-title="curvature.edge.title"></button>
  </div>`;

const COUNT = 5;

/** The run that shows the edge, as the preset edge_of_stability: all samples in one batch, so that every step goes down the same loss. */
const EDGE = { dataset: 'spiral', hidden: [{ width: 16 }, { width: 16 }], activation: 'tanh', loss: 'mse', optimizer: 'sgd', learning_rate: 0.1, batch_size: null };

/** @param {HTMLElement} root @param {import('./study_panel.js').Context} context @returns {import('./study_panel.js').StudyPanel} */
export function mountCurvature(root, { store, send, begin }) {
  root.innerHTML = MARKUP;
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=${name}]`));
  const [largest, quotient, bound, rule, verdict, values, notes] = ['curvature', 'curvature-quotient', 'two-over-rate', 'curvature-rule', 'curvature-verdict', 'curvature-values', 'curvature-notes'].map(of);
  const canvas = /** @type {HTMLCanvasElement} */ (of('curvature-curve'));
  const questions = createQuestions(store, 'curvature', () => send({ type: 'curvature', count: COUNT }));
  /** @type {import('../../draw/chart/curvature_curve.js').CurvaturePoint[]} */
  const curve = [];

  function receive() {
    const message = store.get('curvature');
    if (!message) return;
    if (message.failed) {
      write(verdict, t(`server.${message.code}`, message.values));
      return;
    }
    addCurvature(curve, message, store.get('began'));
    if (message.count === COUNT) show(message); // or the tab beside the layers has asked
  }

  /** @param {CurvatureMessage} message */
  function show(message) {
    const [top] = message.values;
    largest.dataset.value = String(top);
    bound.dataset.value = message.bound === null ? '' : String(message.bound);
    write(largest, shortNumber(top, 4));
    write(bound, message.bound === null ? '—' : shortNumber(message.bound, 4));
    write(rule, t('curvature.bound', { formula: curvatureBound(store.get('spec')?.optimizer ?? 'sgd') }));
    quotient.hidden = message.preconditioned === null;
    write(quotient.lastElementChild, message.preconditioned === null ? '' : shortNumber(message.preconditioned, 4));
    write(verdict, t(`curvature.verdict.${message.verdict}`, { rate: shortNumber(message.rate), step: formatCount(message.step) }));
    values.replaceChildren(...message.values.map((value) => Object.assign(document.createElement('li'), { textContent: shortNumber(value, 4) })));
    notes.replaceChildren(...message.notes.map((note) => Object.assign(document.createElement('li'), { textContent: t(`curvature.note.${note}`) })));
    paint();
  }

  function paint() {
    const empty = emptyCanvas(canvas);
    if (!empty) return;
    const { context, width, height } = empty;
    drawCurvatureCurve(context, width, height, curve, readPalette(canvas), { largest: t('curvature.curve'), bound: t('curvature.line'), step: t('curvature.step') });
  }

  of('curvature-edge').onclick = () => {
    begin({ spec: EDGE, steps_per_second: 200 });
    send({ type: 'play' });
  };
  store.watch(['curvature'], receive);
  return {
    shown() {
      translate(root);
      receive();
      questions.begin();
    },
    hidden: questions.end,
  };
}
