// @ts-check
// A number that is typed or slid; an optional one has a button that leaves it empty.

import { formatRange, hasText, t } from '../../core/i18n.js';
import { FIRST_VALUES } from './sections.js';
import { placeOf, scaleOf, valueAt } from './scale.js';

const SLIDER_STEPS = 1000;

/** @typedef {import('../../core/schema.js').Field} Field */

/**
 * @param {string} name @param {Field} field @param {string} id @param {(value: number | null) => void} change
 * @returns {import('./control_type.js').Control}
 */
export function makeNumber(name, field, id, change) {
  let showFault = (/** @type {string} */ _sentence) => {};
  /** @type {number | null} */
  let present = null;
  const { beside, input, empty } = build(field, id);
  input.onchange = () => {
    const isEmpty = input.value === '' && !input.validity.badInput && field.optional;
    const isValid = isEmpty || (input.value !== '' && field.admits(input.valueAsNumber));
    showFault(isValid ? '' : t(field.whole ? 'settings.refused_whole' : 'settings.refused', { range: formatRange(field) }));
    if (isValid) change(isEmpty ? null : input.valueAsNumber);
  };
  if (empty) empty.onclick = () => change(present === null ? (FIRST_VALUES[name] ?? field.minimum ?? 1) : null);
  const slider = makeSlider(name, field, id, (value) => {
    input.value = String(value);
    showFault('');
    change(value);
  });

  return {
    beside,
    below: slider?.element ?? null,
    show(now) {
      present = now;
      if (document.activeElement !== input) {
        input.value = now === null ? '' : String(now);
        input.placeholder = field.optional ? '–' : '';
        showFault('');
      }
      if (empty) {
        empty.textContent = t(hasText(`field.${name}.absent`) ? `field.${name}.absent` : 'settings.off');
        empty.setAttribute('aria-pressed', String(now === null));
      }
      slider?.show(now, input.value);
    },
    disable(disabled) {
      for (const part of [input, empty, slider?.element]) if (part) part.disabled = disabled;
    },
    onFault: (show) => { showFault = show; },
  };
}

/** @param {Field} field @param {string} id */
function build(field, id) {
  const beside = document.createElement('span');
  beside.className = 'value';
  beside.innerHTML = `${field.optional ? '<button type="button" class="button small absent"></button>' : ''}<input type="number" inputmode="decimal" step="any" id="${id}" data-testid="${id}">`;
  const input = /** @type {HTMLInputElement} */ (beside.querySelector('input'));
  const empty = /** @type {HTMLButtonElement | null} */ (beside.querySelector('button'));
  if (field.minimum !== undefined) input.min = String(field.minimum);
  if (field.maximum !== undefined) input.max = String(field.maximum);
  if (empty) empty.dataset.testid = `${id}-absent`;
  return { beside, input, empty };
}

/** Null where the field has no scale to slide on. @param {string} name @param {Field} field @param {string} id @param {(value: number) => void} slid */
function makeSlider(name, field, id, slid) {
  const scale = scaleOf(name, field);
  if (!scale) return null;
  const element = document.createElement('input');
  element.type = 'range';
  element.max = String(SLIDER_STEPS);
  element.dataset.testid = `${id}-slider`;
  element.oninput = () => slid(valueAt(element.valueAsNumber / SLIDER_STEPS, scale, field.whole));
  return {
    element,
    /** @param {number | null} now @param {string} text */
    show(now, text) {
      const place = placeOf(now ?? FIRST_VALUES[name] ?? scale.from, scale);
      if (document.activeElement !== element) element.value = String(Math.round(place * SLIDER_STEPS));
      element.style.setProperty('--v', `${now === null ? 0 : place * 100}%`);
      element.classList.toggle('faint', now === null);
      element.setAttribute('aria-label', t(`field.${name}`));
      element.setAttribute('aria-valuetext', text);
    },
  };
}
