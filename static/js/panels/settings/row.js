// @ts-check
// One setting in a row: its name, a control, a line of help, its formula; and why it has no effect now, where it has none.

import { SETTINGS } from '../../experiment/formulas.js';
import { mathOf } from '../../draw/math/math.js';
import { formatRange, t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/choice_options.js';
import { makeControl } from './control.js';
import { showMenuButtons } from './layers_control.js';

const LAYER_EXTRAS = ['dropout', 'batch_norm', 'residual']; // searches for these find the row of layers

/** @typedef {import('./control_type.js').Context} Context */
/** @typedef {import('../../core/schema.js').Field} Field */

/**
 * @param {string} name
 * @param {Field} field
 * @param {import('./control_type.js').Change} change
 */
export function makeRow(name, field, change) {
  const id = `setting-${name}`;
  const { row, label, reason, menus, help, fault } = build(name, field, id);
  const control = makeControl(name, field, id, (value) => {
    fault.hidden = true;
    change(value);
  });
  row.firstElementChild?.after(control.beside);
  if (control.below) (field.kind === 'choice' ? help : menus).after(control.below);
  const input = /** @type {HTMLElement} */ (row.querySelector(`#${id}`));
  input.setAttribute('aria-describedby', help.id);
  control.onFault?.((sentence) => {
    fault.textContent = sentence;
    fault.hidden = sentence === '';
    input.setAttribute('aria-invalid', String(sentence !== ''));
  });

  return {
    row,
    name,
    searchText: () => searchText(name, field, [label.textContent, help.textContent]),
    labels() {
      label.textContent = t(`field.${name}`);
      help.textContent = helpText(name, field);
    },
    focus: () => input.focus({ preventScroll: true }),
    /** @param {Context} context @param {import('../../experiment/contradictions.js').Reason | null} idle  why it has no effect now */
    show(context, idle) {
      control.show(context.spec[name], context);
      control.disable(idle !== null);
      row.classList.toggle('idle', idle !== null);
      reason.hidden = idle === null;
      if (idle) reason.textContent = reasonText(idle);
      menus.hidden = idle?.key !== 'reason.no_norm';
      if (!menus.hidden) showMenuButtons(menus, context.spec.hidden.length);
    },
  };
}

/** The row without its control. @param {string} name @param {Field} field @param {string} id */
function build(name, field, id) {
  const row = document.createElement('div');
  row.className = 'setting';
  row.dataset.setting = name;
  row.dataset.kind = field.kind;
  row.innerHTML = `<span class="name"><label for="${id}"></label>${field.live ? '' : '<svg class="icon restarts"><use href="#icon-restart"/></svg>'}</span>
    <p class="reason" data-testid="reason" hidden></p><div class="choices leads" hidden></div><p class="hint" id="${id}-help"></p><div class="formula" tabindex="0"></div><p class="fault" role="alert" hidden></p>`;
  const [heading, reason, menus, help, formula, fault] = /** @type {HTMLElement[]} */ ([...row.children]);
  formula.innerHTML = (SETTINGS[name] ?? []).map((line) => `<p>${mathOf(line)}</p>`).join('');
  formula.dataset.testid = `formula-${name}`;
  formula.hidden = !SETTINGS[name];
  return { row, label: /** @type {HTMLElement} */ (heading.querySelector('label')), reason, menus, help, fault };
}

/** @param {string} name @param {Field} field */
function helpText(name, field) {
  const isNumber = field.kind === 'whole' || field.kind === 'real';
  return `${t(`field.${name}.help`)} ${isNumber ? formatRange(field) : ''} ${t(field.live ? 'settings.live' : 'settings.restarts')}`;
}

/** What the row is found by. @param {string} name @param {Field} field @param {(string | null)[]} shown */
function searchText(name, field, shown) {
  const extras = name === 'hidden' ? LAYER_EXTRAS.map((extra) => t(`layer.${extra}`)) : [];
  return [...extras, name, ...shown, ...field.options, ...field.options.map((option) => t(`${name}.${option}`))].join(' ').toLowerCase();
}
