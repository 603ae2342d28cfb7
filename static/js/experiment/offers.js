// @ts-check
// What a choice offers now: options in groups, the closed ones with their reason, in the reader's words.

import { closedReason, lastActivation } from './compatibility.js';
import { hasText, t } from '../core/i18n.js';

/** @typedef {{value: string, text: string, disabled: boolean, group: string}} Option */
/** @typedef {import('./compatibility.js').Facts} Facts */

/** Of data sets, in the order they are offered. */
const GROUPS = ['data.classes', 'data.values', 'data.numbers', 'data.pictures', 'data.own'];

/** @param {string} name @param {import('./compatibility.js').Kind} kind */
function groupOf(name, kind) {
  if (name.startsWith('own')) return 'data.own';
  if (!kind.plane) return 'data.pictures';
  if (kind.whole || kind.outputs > 1) return 'data.numbers';
  return kind.targets === 'values' ? 'data.values' : 'data.classes';
}

/** What an option is called, without what it is. @param {string} key */
export const shortName = (key) => t(key).split(/[:：]/)[0];

/** A reason or a note as a sentence. @param {import('./compatibility.js').Reason} reason */
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
 * @param {string} name @param {import('../core/schema.js').Field} field @param {Record<string, any>} spec @param {Facts | null} facts
 * @returns {Option[]}
 */
export function optionsOf(name, field, spec, facts) {
  const all = field.options.map((value) => {
    const why = closedReason(name, value, spec, facts);
    const text = shortName(`${name === 'output_activation' ? 'activation' : name}.${value}`);
    const group = name === 'dataset' && facts ? groupOf(value, facts.datasets[value]) : '';
    return { value, text: why ? t('settings.closed', { name: text, why: t(why.key) }) : text, disabled: why !== null, group };
  });
  if (name === 'dataset') all.sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
  const named = all.map((option) => ({ ...option, group: option.group && t(option.group) }));
  if (!field.optional) return named;
  const own = facts ? t(`activation.${lastActivation({ ...spec, [name]: null }, facts)}`) : '';
  return [{ value: '', text: t('settings.by_itself', { name: own }), disabled: closedReason(name, '', spec, facts) !== null, group: '' }, ...named];
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
      homeOf(select, group).append(option);
    }
  }
  if (select.value !== chosen) select.value = chosen;
}

/** @param {HTMLSelectElement} select @param {string} group */
function homeOf(select, group) {
  if (!group) return select;
  const there = [...select.querySelectorAll('optgroup')].find(({ label }) => label === group);
  if (there) return there;
  const home = document.createElement('optgroup');
  home.label = group;
  select.append(home);
  return home;
}
