// @ts-check
// The setup beside that of the page: another optimizer, or that of a run which is compared with it.

import { setUpOf } from '../../core/comparison_run.js';
import { t } from '../../core/i18n.js';
import { aspectName } from '../../experiment/aspect_name.js';
import { fillOptions, optionsOf } from '../../experiment/choice_options.js';
import { withDifference } from '../../experiment/set_up.js';

/** @typedef {import('../../wire/messages.js').SpecChange} SpecChange */

const SEEDS = ['seed', 'data_seed', 'start_seed']; // both setups have the same

/** @param {HTMLSelectElement} select @param {import('../../core/store.js').Store} store */
export function createRivals(select, store) {
  /** @type {Map<string, string>} by their fields, as JSON */
  const names = new Map();

  return {
    offer() {
      const [spec, fields, choices] = [store.get('spec'), store.get('fields'), store.get('choices')];
      if (!spec || !fields) return;
      const options = optionsOf('optimizer', fields.optimizer, spec, choices).filter(({ value }) => value !== spec.optimizer);
      for (const { name, against } of comparedSetUps(store)) {
        names.set(JSON.stringify(against), name);
        if (!isOptimizer(against)) options.push({ value: JSON.stringify(against), text: name, disabled: false, group: t('luck.compared') });
      }
      const kept = options.some(({ value }) => value === select.value);
      fillOptions(select, [{ value: '', text: t('luck.alone'), disabled: false, group: '' }, ...options], kept ? select.value : '');
    },
    /** The fields in which the one that is chosen differs; null: none is. @returns {SpecChange | null} */
    chosen: () => (select.value.startsWith('{') ? JSON.parse(select.value) : select.value ? { optimizer: select.value } : null),
    /** Of both setups, that of the page first. @param {import('../../wire/messages.js').LuckPlan} plan */
    namesOf({ spec, against }) {
      if (!against) return [t(`optimizer.${spec.optimizer}`)];
      if (isOptimizer(against)) return [spec.optimizer, against.optimizer].map((name) => t(`optimizer.${name}`));
      return [t('luck.set_up'), names.get(JSON.stringify(against)) ?? Object.keys(against).map((field) => t(`field.${field}`)).join(', ')];
    },
  };
}

/** @param {SpecChange} against */
const isOptimizer = (against) => Object.keys(against).join() === 'optimizer';

/** Those of the runs beside this page's that the Spec can say. @param {import('../../core/store.js').Store} store */
function comparedSetUps(store) {
  const [own, choices] = [setUpOf(store.get('state')), store.get('choices')];
  if (!own || !choices) return [];
  return (store.get('comparisonRuns') ?? []).map(({ change }) => {
    const other = withDifference(own, change, choices).spec;
    const against = Object.fromEntries(Object.entries(other).filter(([field, value]) => (
      !SEEDS.includes(field) && JSON.stringify(value) !== JSON.stringify(own.spec[field]))));
    return { name: aspectName(change.aspect, change.value), against };
  }).filter(({ against }) => Object.keys(against).length);
}
