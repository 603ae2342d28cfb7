// @ts-check
// One row for one setting: its name, a control that suits its type, a line of help, its formula; where it means nothing
// now, why.

import { SETTINGS } from '../../experiment/formulas.js';
import { mathOf } from '../../draw/math/math.js';
import { readLayers, writeLayers } from '../../experiment/layers.js';
import { formatRange, t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/offers.js';
import { makeNumber } from './number.js';
import { makeOptions } from './options.js';

const EXTRAS = ['dropout', 'batch_norm', 'residual']; // what the row of layers is found by, too

/** @typedef {import('../../core/schema.js').Field} Field */
/** @typedef {(value: any) => void} Change */
/** @typedef {{spec: Record<string, any>, facts: import('../../experiment/compatibility.js').Facts | null, store: import('../../core/store.js').Store}} Now */
/**
 * @typedef {object} Control
 * @property {HTMLElement} value  beside the name
 * @property {HTMLElement | null} below  under it
 * @property {(value: any, now: Now) => void} show
 * @property {(disabled: boolean) => void} disable
 * @property {(say: (fault: string) => void) => void} [onFault]
 */

/** @param {string} id @returns {HTMLInputElement} */
function input(id) {
  const element = document.createElement('input');
  element.id = element.dataset.testid = id;
  return element;
}

/** @param {string} id @param {Change} change @returns {Control} */
function makeSwitch(id, change) {
  const value = input(id);
  value.type = 'checkbox';
  value.className = 'switch';
  value.setAttribute('role', 'switch');
  value.onchange = () => change(value.checked);
  return { value, below: null, show: (now) => { value.checked = now; }, disable: (disabled) => { value.disabled = disabled; } };
}

/** Several of a few. @param {string} id @param {string[]} options @param {Change} change @returns {Control} */
function makeList(id, options, change) {
  const value = document.createElement('span');
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
    value,
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

/** Buttons that open the menus of layers, where what belongs to one layer is switched on. @param {HTMLElement} root @param {any[]} hidden */
function leadToLayers(root, hidden) {
  const names = hidden.map((_, i) => t('network.layer', { layer: i + 1 }));
  if (root.dataset.names === String(names)) return;
  root.dataset.names = String(names);
  root.replaceChildren(...names.map((name, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.textContent = name;
    button.setAttribute('popovertarget', `layer-${i}-panel`);
    return button;
  }));
}

/** Layers in short; what else they are made of stands in the menu of each. @param {string} id @param {Change} change @returns {Control} */
function makeLayers(id, change) {
  const value = document.createElement('span');
  const below = document.createElement('div');
  below.innerHTML = '<p></p><div class="choices" data-testid="layer-menus"></div>';
  const [extras, menus] = /** @type {HTMLElement[]} */ ([...below.children]);
  const typed = input(id);
  typed.type = 'text';
  typed.className = 'typed';
  typed.spellcheck = false;
  typed.autocomplete = 'off';
  below.prepend(typed);
  let fault = (/** @type {string} */ _sentence) => {};
  typed.onchange = () => {
    try {
      const layers = readLayers(typed.value);
      fault('');
      change(layers);
    } catch {
      fault(t('settings.refused_layers'));
    }
  };
  return {
    value,
    below,
    show(now) {
      if (document.activeElement !== typed) typed.value = writeLayers(now);
      extras.textContent = now.length ? t('layer.extras') : '';
      leadToLayers(menus, now);
    },
    disable: (disabled) => { typed.disabled = disabled; },
    onFault: (say) => { fault = say; },
  };
}

/** @param {string} name @param {Field} field @param {string} id @param {Change} change @returns {Control} */
function controlOf(name, field, id, change) {
  if (name === 'hidden') return makeLayers(id, change);
  if (field.kind === 'choice') return makeOptions(name, field, id, change);
  if (field.kind === 'switch') return makeSwitch(id, change);
  if (field.kind === 'list') return makeList(id, field.options, change);
  return makeNumber(name, field, id, change);
}

/**
 * @param {string} name
 * @param {Field} field
 * @param {Change} change
 */
export function makeRow(name, field, change) {
  const id = `setting-${name}`;
  const isNumber = field.kind === 'whole' || field.kind === 'real';
  const row = document.createElement('div');
  row.className = 'setting';
  row.dataset.setting = name;
  row.dataset.kind = field.kind;
  row.innerHTML = `<span class="name"><label for="${id}"></label>${field.live ? '' : '<svg class="icon restarts"><use href="#icon-restart"/></svg>'}</span>
    <p class="reason" data-testid="reason" hidden></p><div class="choices leads" hidden></div><p class="hint" id="${id}-help"></p><div class="formula"></div><p class="fault" role="alert" hidden></p>`;
  const [heading, reason, leads, help, formula, fault] = /** @type {HTMLElement[]} */ ([...row.children]);
  const label = /** @type {HTMLElement} */ (heading.querySelector('label'));
  const control = controlOf(name, field, id, (value) => {
    fault.hidden = true;
    change(value);
  });
  heading.after(control.value);
  if (control.below) (field.kind === 'choice' ? help : leads).after(control.below);
  control.onFault?.((sentence) => {
    fault.textContent = sentence;
    fault.hidden = sentence === '';
    /** @type {HTMLElement} */ (row.querySelector(`#${id}`)).setAttribute('aria-invalid', String(sentence !== ''));
  });
  /** @type {HTMLElement} */ (row.querySelector(`#${id}`)).setAttribute('aria-describedby', `${id}-help`);
  formula.innerHTML = (SETTINGS[name] ?? []).map((line) => `<p>${mathOf(line)}</p>`).join('');
  formula.dataset.testid = `formula-${name}`;
  formula.hidden = !SETTINGS[name];

  return {
    row,
    name,
    label,
    /** What the row is found by. */
    words: () => [...(name === 'hidden' ? EXTRAS.map((extra) => t(`layer.${extra}`)) : []), name, label.textContent, help.textContent, ...field.options, ...field.options.map((option) => t(`${name}.${option}`))].join(' ').toLowerCase(),
    speak() {
      label.textContent = t(`field.${name}`);
      help.textContent = `${t(`field.${name}.help`)} ${isNumber ? formatRange(field) : ''} ${t(field.live ? 'settings.live' : 'settings.restarts')}`;
    },
    /** @param {Now} now @param {import('../../experiment/compatibility.js').Reason | null} why */
    show(now, why) {
      control.show(now.spec[name], now);
      control.disable(why !== null);
      row.classList.toggle('idle', why !== null);
      reason.hidden = why === null;
      if (why) reason.textContent = reasonText(why);
      leads.hidden = why?.key !== 'reason.no_norm';
      if (!leads.hidden) leadToLayers(leads, now.spec.hidden);
    },
  };
}
