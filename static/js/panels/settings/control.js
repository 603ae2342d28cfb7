// @ts-check
// The control that suits a setting's type.

import { t } from '../../core/i18n.js';
import { makeChoice } from './choice_control.js';
import { makeLayers } from './layers_control.js';
import { makeNumber } from './number_control.js';

/** @typedef {import('../../core/schema.js').Field} Field */
/** @typedef {import('./control_type.js').Change} Change */
/** @typedef {import('./control_type.js').Control} Control */

/** @param {string} name @param {Field} field @param {string} id @param {Change} change @returns {Control} */
export function makeControl(name, field, id, change) {
  if (name === 'hidden') return makeLayers(id, change);
  if (field.kind === 'choice') return makeChoice(name, field, id, change);
  if (field.kind === 'switch') return makeSwitch(id, change);
  if (field.kind === 'list') return makeList(id, field.options, change);
  return makeNumber(name, field, id, change);
}

/** @param {string} id @param {Change} change @returns {Control} */
function makeSwitch(id, change) {
  const input = document.createElement('input');
  input.id = input.dataset.testid = id;
  input.type = 'checkbox';
  input.className = 'switch';
  input.setAttribute('role', 'switch');
  input.onchange = () => change(input.checked);
  return { beside: input, below: null, show: (now) => { input.checked = now; }, disable: (disabled) => { input.disabled = disabled; } };
}

/** Any number of a few options, but at least one. @param {string} id @param {string[]} options @param {Change} change @returns {Control} */
function makeList(id, options, change) {
  const below = document.createElement('div');
  below.className = 'choices';
  below.id = below.dataset.testid = id;
  below.setAttribute('role', 'group');
  /** @type {string[]} */
  let chosen = [];
  const buttons = options.map((option) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.dataset.testid = `${id}-${option}`;
    button.onclick = () => change(options.filter((name) => (name === option) !== chosen.includes(name)));
    return button;
  });
  below.append(...buttons);
  return {
    beside: document.createElement('span'),
    below,
    show(now) {
      chosen = now;
      buttons.forEach((button, i) => {
        const pressed = now.includes(options[i]);
        button.textContent = t(`feature.${options[i]}`);
        button.setAttribute('aria-pressed', String(pressed));
        button.disabled = pressed && now.length === 1;
        button.title = button.disabled ? t('network.last_feature') : '';
      });
    },
    disable: (disabled) => { for (const button of buttons) button.disabled ||= disabled; },
  };
}
