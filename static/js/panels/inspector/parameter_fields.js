// @ts-check
// The parameters of the inspected subject and the learning rate, to be set by hand.

import { formatRange, t } from '../../core/i18n.js';
import { createNumberFields } from './number_fields.js';
import { idOf, parametersOf } from './subjects.js';

/** @typedef {import('../../wire/messages.js').Subject} Subject */
/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {(command: import('../../core/command_queue.js').Command) => void} Send */

/** @param {HTMLElement} root @param {Store} store @param {Send} send */
export function createParameterFields(root, store, send) {
  const fields = createNumberFields(root);
  return {
    /** @param {Subject} subject */
    offer(subject) {
      fields.offer(`${idOf(subject)} ${document.documentElement.lang}`, () => {
        const parameters = parametersOf(subject).map((parameter, i) => parameterField(parameter, i, store, send));
        return parameters.length ? [...parameters, rateField(store, send)] : [];
      });
    },
    /** @param {import('./explanation.js').Explanation} explanation */
    fill(explanation) {
      fields.fill([...valuesOf(explanation, store), store.get('spec')?.learning_rate ?? null]);
    },
  };
}

/** @param {import('./subjects.js').Parameter} parameter @param {number} i @param {Store} store @param {Send} send @returns {import('./number_fields.js').NumberField} */
function parameterField({ symbol, tensor, index }, i, store, send) {
  const largest = () => store.get('choices')?.largest_value ?? Infinity;
  return {
    id: i ? `edit-value-${i}` : 'edit-value', symbol, label: t('inspector.set_value'),
    isValid: (value) => Math.abs(value) <= largest(),
    range: () => formatRange({ minimum: -largest(), maximum: largest() }),
    set: (value) => send({ type: 'edit', tensor, index, value }),
  };
}

/** @param {Store} store @param {Send} send @returns {import('./number_fields.js').NumberField} */
function rateField(store, send) {
  const field = () => store.get('fields')?.learning_rate;
  return {
    id: 'edit-rate', symbol: 'η', label: t('field.learning_rate'),
    isValid: (value) => field()?.admits(value) ?? true,
    range: () => formatRange(field() ?? {}),
    set: (value) => send({ type: 'configure', spec: { learning_rate: value } }),
  };
}

/** The parameters' values now: before the step that is explained, where it is yet to be taken. @param {import('./explanation.js').Explanation} explanation @param {Store} store */
function valuesOf({ lines, next, subject }, store) {
  const explained = lines.filter(({ name }) => name === 'new').map(({ terms, total }) => (next ? terms[0].value : total));
  return parametersOf(subject).map(({ tensor, index }, i) => explained[i] ?? (index.length === 1 ? store.get('frame')?.parameters[tensor]?.[index[0]] : null) ?? null);
}
