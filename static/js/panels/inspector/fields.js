// @ts-check
// Fields to set numbers by hand: the parameter that is looked at, and the learning rate. Enter sets, Escape takes back.

import { t } from '../../core/i18n.js';

/** @typedef {{id: string, symbol: string, label: string, set: (value: number) => void, valid: (value: number) => boolean, range: () => string}} Field  range: what is valid, in words */

/** @param {HTMLElement} root */
export function createFields(root) {
  let key = '';
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  const fault = document.createElement('p');

  /** @param {Field} field */
  function make(field) {
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
        input.blur();
      }
      if (event.key === 'Enter') apply();
    };
    input.oninput = () => refuse('');
    input.onblur = () => {
      input.value = input.dataset.value ?? '';
      refuse('');
    };

    function apply() {
      const value = Number(input.value.replace('−', '-').replace(',', '.'));
      if (input.value.trim() === '' || !Number.isFinite(value) || !field.valid(value)) {
        refuse(Number.isFinite(value) && input.value.trim() ? t('settings.refused', { range: field.range() }) : t('inspector.not_a_number'));
        return;
      }
      refuse('');
      input.value = String(value);
      field.set(value);
    }

    /** @param {string} sentence */
    function refuse(sentence) {
      input.setAttribute('aria-invalid', String(sentence !== ''));
      fault.textContent = sentence;
      fault.hidden = !sentence;
    }
    return { label, input };
  }

  fault.className = 'fault';
  fault.setAttribute('role', 'alert');
  fault.hidden = true;

  return {
    /** @param {string} next  equal while the fields are the same @param {() => Field[]} fields */
    offer(next, fields) {
      if (next === key) return;
      key = next;
      const made = fields().map(make);
      inputs = made.map(({ input }) => input);
      root.replaceChildren(...made.map(({ label }) => label), fault);
      root.hidden = made.length === 0;
    },
    /** The numbers of now; not in a field that has the focus: nothing changes under a person's hands. @param {(number | null)[]} values */
    tell(values) {
      inputs.forEach((input, i) => {
        const text = values[i] === null || values[i] === undefined ? '' : String(Number(values[i]?.toPrecision(7)));
        input.dataset.value = text;
        if (document.activeElement !== input && input.value !== text) input.value = text;
      });
    },
  };
}
