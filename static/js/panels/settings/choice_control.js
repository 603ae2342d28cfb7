// @ts-check
// A choice of one among several options, with what is known of them below.

import { fillOptions, optionsOf } from '../../experiment/choice_options.js';
import { createFormulas } from './choice_formulas.js';

/**
 * @param {string} name @param {import('../../core/schema.js').Field} field @param {string} id @param {(value: string | null) => void} change
 * @returns {import('./control_type.js').Control}
 */
export function makeChoice(name, field, id, change) {
  const beside = document.createElement('span');
  beside.className = 'select';
  const select = document.createElement('select');
  select.id = select.dataset.testid = id;
  select.onchange = () => change(select.value || null);
  beside.append(select);
  const formulas = createFormulas(name, field.options);

  return {
    beside,
    below: formulas?.root ?? null,
    show(now, { spec, choices, store }) {
      fillOptions(select, optionsOf(name, field, spec, choices), now ?? '');
      select.title = select.selectedOptions[0]?.text ?? '';
      formulas?.show(now ?? '', spec, store.get('state')?.rule ?? null);
    },
    disable: (disabled) => { select.disabled = disabled; },
  };
}
