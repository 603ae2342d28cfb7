// @ts-check
// L1 or L2 regularization, and its strength chosen from a few.

import { t } from '../../core/i18n.js';
import { fillOptions } from '../../experiment/choice_options.js';
import { option, plainNumber, valueOptions } from './value_options.js';

const OFFERED = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const FIRST_STRENGTH = 0.001; // the weakest: choosing L1 or L2 must not flatten a run at once

/**
 * @param {HTMLSelectElement} kind
 * @param {HTMLSelectElement} strength
 * @param {import('../../core/store.js').Store} store
 * @param {import('./control_type.js').Configure} configure
 */
export function createPenaltySelects(kind, strength, store, configure) {
  kind.onchange = strength.onchange = () => {
    const { l1 = 0, l2 = 0 } = store.get('spec') ?? {};
    const value = Number(strength.value) || l1 || l2 || FIRST_STRENGTH;
    configure({ l1: kind.value === 'l1' ? value : 0, l2: kind.value === 'l2' ? value : 0 });
  };
  return {
    /** @param {import('../../wire/messages.js').Spec} spec @param {Record<string, import('../../core/schema.js').Field>} fields */
    show({ l1, l2 }, fields) {
      const chosen = l1 && l2 ? 'both' : l1 ? 'l1' : l2 ? 'l2' : 'none';
      const kinds = ['none', 'l1', 'l2', ...(chosen === 'both' ? ['both'] : [])];
      fillOptions(kind, kinds.map((value) => option(value, t(`regularization.${value}`, { l1: plainNumber(l1), l2: plainNumber(l2) }))), chosen);
      kind.title = kind.selectedOptions[0].text;
      kind.classList.toggle('both', chosen === 'both');
      fillOptions(strength, valueOptions(OFFERED.filter(fields.l1.admits), l1 || l2), String(l1 || l2));
      /** @type {HTMLElement} */ (strength.parentElement).hidden = chosen === 'none' || chosen === 'both';
    },
  };
}
