// @ts-check
// The bar of controls that shape the network and its training: choices and a few learning rates and penalties. All other
// settings, and every exact value, are in the sheet of settings.

import { idleReason } from '../../experiment/compatibility.js';
import { t } from '../../core/i18n.js';
import { fillOptions, optionsOf, reasonText } from '../../experiment/choice_options.js';
import { mountRestartMarks } from '../../experiment/restart_marks.js';
import { createRateSelect } from './rate_select.js';
import { createPenaltySelects } from './penalty_selects.js';

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {import('./control_type.js').Configure} Configure */

const CHOICES = /** @type {const} */ (['optimizer', 'activation', 'loss', 'initializer']);

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountKnobs(root, store, send) {
  /** @type {Configure} */
  const configure = (spec) => send({ type: 'configure', spec });
  const select = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ (root.querySelector(`[data-testid=${id}]`));
  const typed = /** @type {HTMLInputElement} */ (root.querySelector('[data-testid=learning-rate-typed]'));
  const parts = [
    ...CHOICES.map((name) => createChoice(name, select(name), store, configure)),
    createRateSelect(select('learning-rate'), typed, store, configure),
    createPenaltySelects(select('regularization'), select('regularization-rate'), store, configure),
  ];
  const show = () => {
    const [spec, fields] = [store.get('spec'), store.get('fields')];
    if (!spec || !fields) return;
    for (const part of parts) part.show(spec, fields);
  };
  show();
  const undo = [store.watch(['spec', 'fields', 'choices', 'language'], show), mountRestartMarks(root, store)];
  return () => undo.forEach((stop) => stop());
}

/** @param {typeof CHOICES[number]} name @param {HTMLSelectElement} select @param {Store} store @param {Configure} configure */
function createChoice(name, select, store, configure) {
  select.onchange = () => configure({ [name]: select.value });
  return {
    /** @param {import('../../wire/messages.js').Spec} spec @param {Record<string, import('../../core/schema.js').Field>} fields */
    show(spec, fields) {
      fillOptions(select, optionsOf(name, fields[name], spec, store.get('choices')), spec[name]);
      const idle = idleReason(name, spec, store.get('choices'));
      select.disabled = idle !== null;
      select.title = idle ? reasonText(idle) : t(`${name}.${spec[name]}`);
    },
  };
}
