// @ts-check
// Fields to type numbers into. Enter sets a number, Escape puts the present one back.

import { t } from '../../core/i18n.js';

/**
 * @typedef {object} NumberField
 * @property {string} id  its data-testid
 * @property {string} symbol
 * @property {string} label
 * @property {(value: number) => void} set
 * @property {(value: number) => boolean} isValid
 * @property {() => string} range  of valid numbers, as text
 */

/** @param {HTMLElement} root */
export function createNumberFields(root) {
  let key = '';
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  const fault = document.createElement('p');
  fault.className = 'fault';
  fault.setAttribute('role', 'alert');
  fault.hidden = true;

  return {
    /** @param {string} next  changes with the fields @param {() => NumberField[]} fields */
    offer(next, fields) {
      if (next === key) return;
      key = next;
      const made = fields().map((field) => makeField(field, fault));
      inputs = made.map(({ input }) => input);
      root.replaceChildren(...made.map(({ label }) => label), fault);
      root.hidden = made.length === 0;
    },
    /** Shows the present numbers, but not in a field that has the focus: what is being typed stays. @param {(number | null)[]} values */
    fill(values) {
      inputs.forEach((input, i) => {
        const text = values[i] === null || values[i] === undefined ? '' : String(Number(values[i]?.toPrecision(7)));
        input.dataset.value = text;
        if (document.activeElement !== input && input.value !== text) input.value = text;
      });
    },
  };
}

/** @param {NumberField} field @param {HTMLElement} fault  where the reason of a refusal is shown */
function makeField(field, fault) {
  const label = document.createElement('label');
  label.innerHTML = '<span><i></i> </span><input type="text" inputmode="decimal" autocomplete="off" class="typed">';
  const [name, input] = /** @type {[HTMLElement, HTMLInputElement]} */ ([...label.children]);
  /** @type {HTMLElement} */ (name.firstElementChild).textContent = field.symbol;
  name.append(field.label);
  input.dataset.testid = field.id;
  input.onfocus = () => input.select();
  input.onkeydown = (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation(); // it closes nothing else
      /** @type {HTMLElement | null | undefined} */ (input.closest('.inspector')?.querySelector('h2'))?.focus();
    }
    if (event.key === 'Enter') apply();
  };
  input.oninput = () => showFault('');
  input.onblur = () => {
    input.value = input.dataset.value ?? '';
    showFault('');
  };

  function apply() {
    const value = Number(input.value.replace('−', '-').replace(',', '.'));
    const isNumber = input.value.trim() !== '' && Number.isFinite(value);
    if (!isNumber || !field.isValid(value)) {
      showFault(isNumber ? t('settings.refused', { range: field.range() }) : t('inspector.not_a_number'));
      return;
    }
    showFault('');
    input.value = String(value);
    field.set(value);
  }

  /** @param {string} sentence */
  function showFault(sentence) {
    input.setAttribute('aria-invalid', String(sentence !== ''));
    fault.textContent = sentence;
    fault.hidden = !sentence;
  }
  return { label, input };
}
