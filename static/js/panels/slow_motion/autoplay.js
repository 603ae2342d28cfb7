// @ts-check
// Moves on by itself, so many phases a second as the slider says.

import { t } from '../../core/i18n.js';

const PHASES_PER_SECOND = [0, 0.25, 0.5, 1, 2, 4]; // 0: by hand

/** The slider in its label, as markup. */
export const createPaceInput = () => `<label><span></span><input type="range" min="0" max="${PHASES_PER_SECOND.length - 1}" step="1" value="0" data-testid="phase-pace"></label>`;

/**
 * @param {HTMLInputElement} slider
 * @param {import('./phase_stepper.js').PhaseStepper} stepper
 */
export function createAutoplay(slider, stepper) {
  let timer = 0;
  const pace = () => PHASES_PER_SECOND[Number(slider.value)];
  const stop = () => clearTimeout(timer);

  function schedule() {
    stop();
    if (!stepper.isOn || !pace()) return;
    timer = window.setTimeout(() => {
      stepper.forward();
      schedule();
    }, 1000 / pace());
  }

  function labels() {
    const text = pace() ? t('phase.pace', { count: String(pace()) }) : t('phase.by_hand');
    /** @type {HTMLElement} */ (slider.previousElementSibling).textContent = text;
    slider.setAttribute('aria-label', t('phase.pace_title'));
    slider.setAttribute('aria-valuetext', text);
    slider.style.setProperty('--v', `${(Number(slider.value) / (PHASES_PER_SECOND.length - 1)) * 100}%`);
  }

  slider.oninput = () => {
    labels();
    schedule();
  };
  return {
    labels,
    stop,
    reset() {
      stop();
      slider.value = '0';
    },
  };
}
