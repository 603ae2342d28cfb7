// @ts-check
// Which step and which sample an explanation is of, and which loss.

import { formatLoss, t } from '../../core/i18n.js';
import { stepOnNetwork } from './request.js';
import { isOfSample } from './subjects.js';

/** @typedef {import('./explanation.js').Explanation} Explanation */
/** @typedef {import('../../core/store.js').Store} Store */

/** @param {HTMLElement} root @param {Store} store */
export function createStepText(root, store) {
  const [stepText, lossText, sampleRow, sampleText] = ['.of-step', '.of-loss', '.of-sample', '.of-sample output'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  return {
    /** @param {Explanation} explanation @param {import('./subjects.js').Subject} subject */
    show(explanation, subject) {
      const { step, batch, sample, next } = explanation;
      const point = batch[sample] ?? null;
      root.dataset.step = String(step);
      stepText.textContent = t(stepKey(explanation, store), { step });
      stepText.dataset.value = String(step);
      stepText.classList.toggle('next', next);
      sampleRow.hidden = !isOfSample(subject);
      sampleText.textContent = t('inspector.sample', { number: sample + 1, count: batch.length, point: (point ?? 0) + 1 });
      sampleText.dataset.value = String(point);
      showLoss(lossText, explanation, store);
    },
  };
}

/** @param {Explanation} explanation @param {Store} store */
function stepKey({ step, next }, store) {
  if (store.get('phase')) return 'inspector.step_walked';
  if (!next) return 'inspector.step_taken';
  return stepOnNetwork(store) === step ? 'inspector.step_drawn' : 'inspector.step_next';
}

/** The loss explained and the one in the top row differ: other points, other weights. @param {HTMLElement} text @param {Explanation} explanation @param {Store} store */
function showLoss(text, { subject, step, batch, lines }, store) {
  const [frame, state] = [store.get('frame'), store.get('state')];
  const loss = lines.find(({ main }) => main)?.total ?? null;
  text.hidden = true;
  if (subject.kind !== 'loss' || loss === null || !frame || !state) return;
  text.hidden = false;
  text.textContent = t('inspector.which_loss', { loss: formatLoss(loss), count: batch.length, step, all: formatLoss(frame.train_loss), points: state.training_samples, now: frame.step });
}
