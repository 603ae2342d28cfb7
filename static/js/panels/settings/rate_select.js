// @ts-check
// The learning rate: chosen from a few, or typed.

import { t } from '../../core/i18n.js';
import { fillOptions } from '../../experiment/choice_options.js';
import { option, valueOptions } from './value_options.js';

const OFFERED = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const TYPED = 'typed'; // the option that asks for another value

/** @typedef {import('../../wire/messages.js').Spec} Spec */
/** @typedef {import('../../core/schema.js').Field} Field */

/**
 * @param {HTMLSelectElement} select
 * @param {HTMLInputElement} input  in its place while a rate is typed
 * @param {import('../../core/store.js').Store} store
 * @param {import('./control_type.js').Configure} configure
 */
export function createRateSelect(select, input, store, configure) {
  /** @param {boolean} typing */
  function showInput(typing) {
    input.hidden = !typing;
    select.hidden = typing;
  }

  /** @param {Spec} spec @param {Record<string, Field>} fields */
  function show(spec, { learning_rate: field }) {
    fillOptions(select, [...valueOptions(OFFERED.filter(field.admits), spec.learning_rate), option(TYPED, t('knobs.typed'))], String(spec.learning_rate));
    input.min = '0';
    input.max = String(field.maximum);
  }

  select.onchange = () => {
    if (select.value !== TYPED) {
      configure({ learning_rate: Number(select.value) });
      return;
    }
    input.value = String(store.get('spec')?.learning_rate);
    showInput(true);
    input.select();
  };
  input.onblur = () => {
    const [spec, fields] = [store.get('spec'), store.get('fields')];
    if (input.hidden || !spec || !fields) return;
    const isValid = input.value !== '' && fields.learning_rate.admits(input.valueAsNumber);
    showInput(false);
    if (isValid) configure({ learning_rate: input.valueAsNumber });
    else show(spec, fields);
  };
  input.onkeydown = (event) => {
    const { key } = event;
    if (key !== 'Enter' && key !== 'Escape') return;
    event.preventDefault(); // Escape closes nothing else
    if (key === 'Escape') input.value = '';
    input.blur();
    select.focus();
  };
  return { show };
}
