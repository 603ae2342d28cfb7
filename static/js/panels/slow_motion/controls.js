// @ts-check
// The controls of slow motion: back, next, which phase this is; and the strip with its formula and its sample.

import { mathOf } from '../../draw/math/math.js';
import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { createPaceInput } from './autoplay.js';
import { isOfLoss, lossNumbers } from './loss_numbers.js';
import { SEPARATOR, formulaOf, phaseId, layerCount, phaseName } from './phases.js';

/** @typedef {import('./phase_stepper.js').PhaseStepper} PhaseStepper */
/** @typedef {import('./phase_stepper.js').TracedStep} TracedStep */

/** @type {[string, string][]} data-testid of a button → key of its label */
const LABELS = [
  ['phase-off', 'phase.off'], ['phase-sample-previous', 'inspector.sample_previous'], ['phase-sample-next', 'inspector.sample_next'],
];

/** @param {HTMLElement} strip */
function build(strip) {
  strip.innerHTML = `
    <div class="formula"></div>
    <p><button type="button" class="button small" data-testid="phase-sample-previous">‹</button><output data-testid="phase-sample"></output><button type="button" class="button small" data-testid="phase-sample-next">›</button>
      ${createPaceInput()}
      <button type="button" class="button small" data-testid="phase-code" aria-pressed="false"></button>
      <button type="button" class="button small close" data-testid="phase-off">${icon('close')}</button></p>`;
}

/**
 * @param {{controls: HTMLElement, strip: HTMLElement}} roots  its buttons; empty
 * @param {import('../../core/store.js').Store} store
 * @param {PhaseStepper} stepper
 */
export function createControls({ controls, strip }, store, stepper) {
  build(strip);
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ ((controls.querySelector(`[data-testid=${id}]`) ?? strip.querySelector(`[data-testid=${id}]`)));
  const [back, next, off, codeToggle] = /** @type {HTMLButtonElement[]} */ (['phase-back', 'phase-next', 'phase-off', 'phase-code'].map(find));
  const [label, sampleLabel] = ['phase', 'phase-sample'].map(find);
  const formula = /** @type {HTMLElement} */ (strip.querySelector('.formula'));

  back.onclick = () => stepper.back();
  next.onclick = () => stepper.forward();
  const opener = /** @type {HTMLButtonElement} */ (find('slow-motion'));
  opener.onclick = () => stepper.forward();
  /** @param {number} by */
  const changeSample = (by) => {
    const count = stepper.step.batch.length;
    store.set({ sample: (store.get('sample') + by + count) % count });
  };
  find('phase-sample-previous').onclick = () => changeSample(-1);
  find('phase-sample-next').onclick = () => changeSample(1);

  return {
    opener, off, codeToggle,
    pace: /** @type {HTMLInputElement} */ (find('phase-pace')),
    labels() {
      for (const [id, key] of LABELS) {
        const button = find(id);
        button.title = t(key);
        button.setAttribute('aria-label', t(key));
      }
    },
    show() {
      const on = stepper.isOn;
      strip.hidden = !on;
      controls.classList.toggle('on', on);
      const isEntered = on && document.activeElement === opener;
      opener.hidden = on;
      label.hidden = !on;
      if (isEntered) next.focus();
      back.disabled = on && stepper.isAtStart;
      if (on) {
        showLabel(label, stepper.step, stepper.index);
        showFormula(formula, stepper, store.get('spec'));
        showSample(sampleLabel, stepper.step);
      } else {
        label.textContent = '';
        label.dataset.value = '';
      }
    },
    /** Lets the strip be as low as its next formula. */
    releaseHeight: () => { formula.style.minHeight = ''; },
  };
}

/** @param {HTMLElement} label @param {TracedStep} traced @param {number} index */
function showLabel(label, { phases, step }, index) {
  label.textContent = phaseName(phases[index], layerCount(phases));
  label.dataset.value = phaseId(phases[index]);
  label.title = t('phase.of_step', { step });
}

/** @param {HTMLElement} root @param {PhaseStepper} stepper @param {import('./phases.js').Spec | null} spec */
function showFormula(root, { step: { phases, batch }, index, spec: opened }, spec) {
  const phase = phases[index];
  const numbers = spec && phase.name === 'loss' && isOfLoss(opened, spec) ? lossNumbers(phase.bound, spec, batch.length) : [];
  const formula = spec ? [formulaOf(phase, layerCount(phases), spec), ...numbers].join(SEPARATOR) : '';
  if (root.dataset.of === formula) return;
  root.dataset.of = formula;
  root.innerHTML = formula.split(SEPARATOR).map(mathOf).join('');
  root.style.minHeight = `${Math.max(parseFloat(root.style.minHeight) || 0, root.scrollHeight)}px`; // so that the network below moves once at most
}

/** @param {HTMLElement} label @param {TracedStep} traced */
function showSample(label, { batch, sample }) {
  label.textContent = t('phase.sample', { number: sample + 1, count: batch.length, point: batch[sample] + 1 });
  label.dataset.value = String(batch[sample]);
}
