// @ts-check
// The sliders of the data: noise, share of training samples, batch size.

import { idleReason } from '../../experiment/compatibility.js';
import { t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/choice_options.js';

const LARGEST_BATCH = 256; // samples; a larger batch is typed among the settings
const WHOLE_SET = LARGEST_BATCH + 1; // one step further: the whole training set as one batch

/** @typedef {{step: number, most?: number, show: (value: number) => string}} Slider  most: the place of null */
/** @type {Record<string, Slider>} */
const SLIDERS = {
  noise: { step: 1, show: (value) => `${Math.round(value)}%` },
  train_fraction: { step: 0.01, show: (value) => `${Math.round(value * 100)}%` },
  batch_size: { step: 1, most: WHOLE_SET, show: String },
};

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(spec: Record<string, unknown>) => void} configure
 * @returns {{show: (spec: import('../../wire/messages.js').Spec, fields: Record<string, import('../../core/schema.js').Field>) => void}}
 */
export function createSliders(root, store, configure) {
  const sliders = Object.entries(SLIDERS).map(([field, slider]) => ({ field, show: createSlider(root, field, slider, configure) }));
  return {
    show(spec, fields) {
      for (const { field, show } of sliders) {
        const idle = idleReason(field, spec, store.get('choices'));
        show(/** @type {number | null} */ (spec[field]), fields[field], idle ? reasonText(idle) : '');
      }
    },
  };
}

/**
 * @param {HTMLElement} root @param {string} field @param {Slider} slider @param {(spec: Record<string, unknown>) => void} configure
 * @returns {(value: number | null, bounds: import('../../core/schema.js').Field, idle: string) => void}  idle: why it means nothing now; empty: it does
 */
function createSlider(root, field, { step, most, show }, configure) {
  const box = /** @type {HTMLElement} */ (root.querySelector(`[data-field=${field}]`));
  const input = /** @type {HTMLInputElement} */ (box.querySelector('input'));
  const output = /** @type {HTMLOutputElement} */ (box.querySelector('output'));
  const reason = /** @type {HTMLElement} */ (box.querySelector('.reason'));
  input.step = String(step);
  input.oninput = () => configure({ [field]: input.valueAsNumber === most ? null : input.valueAsNumber });
  return (value, bounds, idle) => {
    const [min, max] = [bounds.minimum ?? 0, most ?? bounds.maximum ?? 1];
    const place = value === null ? max : most ? Math.min(value, most - 1) : value;
    input.min = String(min);
    input.max = String(max);
    if (input.valueAsNumber !== place) input.value = String(place);
    input.style.setProperty('--v', `${((place - min) / (max - min)) * 100}%`);
    output.value = idle ? '–' : value === null ? t('data.all') : show(value);
    input.setAttribute('aria-valuetext', output.value);
    input.disabled = idle !== '';
    box.classList.toggle('idle', idle !== '');
    box.title = idle;
    reason.textContent = idle;
  };
}
