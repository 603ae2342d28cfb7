// @ts-check
// The choice only some data sets have: how many classes, or which function of the plane.

import { t } from '../../core/i18n.js';

/** @typedef {import('../../wire/messages.js').Spec} Spec */

/** @param {HTMLSelectElement} select @param {(spec: Record<string, unknown>) => void} configure */
export function createDatasetOptions(select, configure) {
  return {
    /** @param {Spec} spec @param {Record<string, import('../../core/schema.js').Field>} fields @param {import('../../wire/messages.js').Kind | undefined} kind */
    show(spec, fields, kind) {
      const field = fieldOf(spec, kind);
      /** @type {HTMLElement} */ (select.parentElement).hidden = !field;
      if (!field) return;
      const isFunction = field === 'function';
      const text = (/** @type {string} */ value) => (isFunction ? t(`function.${value}`) : t('data.class_count', { count: value }));
      select.replaceChildren(...valuesOf(fields[field], isFunction).map((value) => new Option(text(value), value)));
      select.value = String(spec[field]);
      select.dataset.testid = field;
      select.setAttribute('aria-label', t(`field.${field}`));
      select.onchange = () => configure({ [field]: isFunction ? select.value : Number(select.value) });
    },
  };
}

/** The field of the Spec that is chosen here; '' if there is none. @param {Spec} spec @param {import('../../wire/messages.js').Kind | undefined} kind */
function fieldOf({ dataset }, kind) {
  if (dataset === 'function') return 'function';
  return kind?.plane && kind.targets === 'classes' && kind.classes === null && dataset !== 'own' ? 'classes' : '';
}

/** @param {import('../../core/schema.js').Field} field @param {boolean} isFunction */
function valuesOf({ minimum = 0, maximum = 0, options }, isFunction) {
  return isFunction ? options : Array.from({ length: maximum - minimum + 1 }, (_, i) => String(minimum + i));
}
