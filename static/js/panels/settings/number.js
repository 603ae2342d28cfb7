// @ts-check
// A number that is typed or slid; one that may be absent has a button for that.

import { formatRange, hasText, t } from '../../core/i18n.js';
import { FIRST } from './sections.js';
import { placeOf, scaleOf, valueAt } from './scale.js';

const NOTCHES = 1000; // of a slider

/** @typedef {import('../../core/schema.js').Field} Field */

/**
 * @param {string} name @param {Field} field @param {string} id @param {(value: number | null) => void} change
 * @returns {import('./rows.js').Control}
 */
export function makeNumber(name, field, id, change) {
  const value = document.createElement('span');
  value.className = 'value';
  value.innerHTML = `${field.optional ? '<button type="button" class="button small absent"></button>' : ''}<input type="number" inputmode="decimal" step="any" id="${id}" data-testid="${id}">`;
  const typed = /** @type {HTMLInputElement} */ (value.querySelector('input'));
  const absent = /** @type {HTMLButtonElement | null} */ (value.querySelector('button'));
  if (field.minimum !== undefined) typed.min = String(field.minimum);
  if (field.maximum !== undefined) typed.max = String(field.maximum);
  let fault = (/** @type {string} */ _sentence) => {};
  /** @type {number | null} */
  let last = null;

  typed.onchange = () => {
    const empty = typed.value === '' && !typed.validity.badInput && field.optional;
    const valid = empty || (typed.value !== '' && field.admits(typed.valueAsNumber));
    fault(valid ? '' : t(field.whole ? 'settings.refused_whole' : 'settings.refused', { range: formatRange(field) }));
    if (valid) change(empty ? null : typed.valueAsNumber);
  };
  if (absent) {
    absent.dataset.testid = `${id}-absent`;
    absent.onclick = () => change(last === null ? (FIRST[name] ?? field.minimum ?? 1) : null);
  }

  const scale = scaleOf(name, field);
  const slider = scale && document.createElement('input');
  if (scale && slider) {
    slider.type = 'range';
    slider.max = String(NOTCHES);
    slider.dataset.testid = `${id}-slider`;
    slider.oninput = () => {
      const slid = valueAt(slider.valueAsNumber / NOTCHES, scale, field.whole);
      typed.value = String(slid);
      fault('');
      change(slid);
    };
  }

  return {
    value,
    below: slider,
    show(now) {
      last = now;
      if (document.activeElement !== typed) {
        typed.value = now === null ? '' : String(now);
        typed.placeholder = field.optional ? '–' : '';
        fault('');
      }
      if (absent) {
        absent.textContent = t(hasText(`field.${name}.absent`) ? `field.${name}.absent` : 'settings.off');
        absent.setAttribute('aria-pressed', String(now === null));
      }
      if (scale && slider) {
        const place = placeOf(now ?? FIRST[name] ?? scale.from, scale);
        if (document.activeElement !== slider) slider.value = String(Math.round(place * NOTCHES));
        slider.style.setProperty('--v', `${now === null ? 0 : place * 100}%`);
        slider.classList.toggle('faint', now === null);
        slider.setAttribute('aria-label', t(`field.${name}`));
        slider.setAttribute('aria-valuetext', typed.value);
      }
    },
    disable(disabled) {
      for (const part of [typed, absent, slider]) if (part) part.disabled = disabled;
    },
    onFault: (say) => { fault = say; },
  };
}
