// @ts-check
// The options of a choice as they can be offered now: in groups, the closed ones with their reason.

import { closedReason } from './compatibility.js';
import { lastActivation } from './spec_properties.js';
import { hasText, t } from '../core/i18n.js';

/** @typedef {{value: string, text: string, disabled: boolean, group: string}} Option */
/** @typedef {import('./spec_properties.js').Choices} Choices */
/** @typedef {import('./spec_properties.js').Spec} Spec */

/** Groups of data sets, in the order they are offered. */
const GROUPS = ['data.classes', 'data.values', 'data.numbers', 'data.pictures', 'data.own'];

/** @param {string} name @param {import('./spec_properties.js').Kind} kind */
function groupOf(name, kind) {
  if (name.startsWith('own')) return 'data.own';
  if (!kind.plane) return 'data.pictures';
  if (kind.whole || kind.outputs > 1) return 'data.numbers';
  return kind.targets === 'values' ? 'data.values' : 'data.classes';
}

/** The name of an option without its explanation: “ReLU: …” → “ReLU”. @param {string} key */
export const shortName = (key) => t(key).split(/[:：]/)[0];

/** A reason or a note as a sentence. @param {import('./contradictions.js').Reason} reason */
export function reasonText({ key, values = {} }) {
  const words = Object.entries(values).map(([kind, value]) => {
    const word = (/** @type {string} */ name) => {
      const known = [`${kind}.${name}`, `${kind.slice(0, -1)}.${name}`].find(hasText); // one, or one of several
      return !known ? name : kind === 'fields' ? shortName(known).toLowerCase() : shortName(known);
    };
    return [kind, Array.isArray(value) ? value.map(word) : word(String(value))];
  });
  return t(key, Object.fromEntries(words));
}

/**
 * The options of a field as they can be offered now; '' stands for null.
 * @param {string} name @param {import('../core/schema.js').Field} field @param {Spec} spec @param {Choices | null} choices
 * @returns {Option[]}
 */
export function optionsOf(name, field, spec, choices) {
  const all = field.options.map((value) => {
    const why = closedReason(name, value, spec, choices);
    const text = shortName(`${name === 'output_activation' ? 'activation' : name}.${value}`);
    const group = name === 'dataset' && choices ? groupOf(value, choices.datasets[value]) : '';
    return { value, text: why ? t('settings.closed', { name: text, why: t(why.key) }) : text, disabled: why !== null, group };
  });
  if (name === 'dataset') all.sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
  const named = all.map((option) => ({ ...option, group: option.group && t(option.group) }));
  if (!field.optional) return named;
  const automatic = choices ? t(`activation.${lastActivation({ ...spec, [name]: null }, choices)}`) : '';
  return [{ value: '', text: t('settings.by_itself', { name: automatic }), disabled: closedReason(name, '', spec, choices) !== null, group: '' }, ...named];
}

/**
 * Shows options and the chosen one; touches the page only where something is different.
 * @param {HTMLSelectElement} select @param {Option[]} options @param {string} chosen
 */
export function fillOptions(select, options, chosen) {
  const all = JSON.stringify(options);
  if (select.dataset.options !== all) {
    select.dataset.options = all;
    select.replaceChildren();
    for (const { value, text, disabled, group } of options) {
      const option = new Option(text, value);
      option.disabled = disabled;
      groupElement(select, group).append(option);
    }
  }
  if (select.value !== chosen) select.value = chosen;
}

/**
 * Values and their texts; what is chosen stays chosen where it is still offered.
 * @param {HTMLSelectElement} select @param {[string, string][]} options @param {string} [first]  chosen at first
 */
export function offer(select, options, first = options[0][0]) {
  const chosen = options.some(([value]) => value === select.value) ? select.value : first;
  fillOptions(select, options.map(([value, text]) => ({ value, text, disabled: false, group: '' })), chosen);
}

/** @param {HTMLSelectElement} select @param {string} group */
function groupElement(select, group) {
  if (!group) return select;
  const there = [...select.querySelectorAll('optgroup')].find(({ label }) => label === group);
  if (there) return there;
  const element = document.createElement('optgroup');
  element.label = group;
  select.append(element);
  return element;
}
