// @ts-check
// Every number of the Spec that a person may want exactly, one row each: name, value, what it does, its range, and
// whether it changes while training goes on.

import { t } from '../i18n.js';

/** @typedef {import('../schema.js').Field} Field */

// Which rows are shown, from top to bottom; those of an optimizer only where it is the chosen one.
const ROWS = [
  { name: 'learning_rate' },
  { name: 'momentum', optimizer: 'momentum' },
  { name: 'beta1', optimizer: 'adam' },
  { name: 'beta2', optimizer: 'adam' },
  { name: 'epsilon', optimizer: 'adam' },
  { name: 'l1' },
  { name: 'l2' },
  { name: 'samples' },
  { name: 'seed' },
];
const GAP = 6; // px between the button and what it opens

/** @param {Field} field */
function rangeOf(field) {
  const values = { minimum: field.minimum ?? field.above, maximum: field.maximum };
  const key = field.above === undefined ? 'settings.range' : 'settings.range_above';
  return t(key, values) + (field.optional ? ` ${t('settings.empty')}` : '');
}

/**
 * @param {string} name
 * @param {Field} field
 * @param {(value: number | null) => void} change
 */
function makeRow(name, field, change) {
  const row = document.createElement('div');
  row.className = 'setting';
  const id = `setting-${name}`;
  row.innerHTML = `<label for="${id}"></label><input type="number" inputmode="decimal" id="${id}" data-testid="${id}" step="any" aria-describedby="${id}-help"><p id="${id}-help"></p><p class="fault" role="alert" hidden></p>`;
  const [label, input, help, fault] = /** @type {[HTMLElement, HTMLInputElement, HTMLElement, HTMLElement]} */ ([...row.children]);
  if (field.minimum !== undefined) input.min = String(field.minimum);
  if (field.maximum !== undefined) input.max = String(field.maximum);

  input.onchange = () => {
    const empty = input.value === '' && !input.validity.badInput && field.optional;
    const valid = empty || (input.value !== '' && field.admits(input.valueAsNumber));
    input.setAttribute('aria-invalid', String(!valid));
    fault.hidden = valid;
    if (valid) change(empty ? null : input.valueAsNumber);
    else fault.textContent = t(field.whole ? 'settings.refused_whole' : 'settings.refused', { range: rangeOf(field) });
  };

  return {
    row,
    speak() {
      label.textContent = t(`field.${name}`);
      help.textContent = `${t(`field.${name}.help`)} ${rangeOf(field)} ${t(field.live ? 'settings.live' : 'settings.restarts')}`;
    },
    /** @param {number | null} value */
    show(value) {
      if (document.activeElement === input) return; // being typed in
      input.value = value === null ? '' : String(value);
      input.placeholder = field.optional ? t('settings.own') : '';
      input.setAttribute('aria-invalid', 'false');
      fault.hidden = true;
    },
  };
}

/**
 * @param {HTMLElement} root  a popover
 * @param {import('../store.js').Store} store
 * @param {(command: import('../commands.js').Command) => void} send
 */
export function mountSettings(root, store, send) {
  const list = /** @type {HTMLElement} */ (root.querySelector('.settings-rows'));
  /** @type {(ReturnType<typeof makeRow> & {name: string, optimizer?: string})[]} */
  let rows = [];

  const show = () => {
    const spec = store.get('spec');
    const fields = store.get('fields');
    if (!spec || !fields) return;
    if (!rows.length) {
      rows = ROWS.map((row) => ({ ...row, ...makeRow(row.name, fields[row.name], (value) => send({ type: 'configure', spec: { [row.name]: value } })) }));
      list.replaceChildren(...rows.map(({ row }) => row));
    }
    for (const row of rows) {
      row.row.hidden = row.optimizer !== undefined && row.optimizer !== spec.optimizer;
      row.speak();
      row.show(spec[row.name]);
    }
  };
  show();

  const opener = /** @type {HTMLElement} */ (document.querySelector(`[popovertarget="${root.id}"]`));
  /** Under the button that opens it, as far right as it fits; where little is left below, over the page from its top. */
  const place = () => {
    const { bottom, right } = opener.getBoundingClientRect();
    const { width, height } = root.getBoundingClientRect();
    const top = bottom + GAP + height < innerHeight - GAP ? bottom + GAP : GAP;
    root.style.left = `${Math.max(GAP, right - width)}px`;
    root.style.top = `${top}px`;
    root.style.maxHeight = `${innerHeight - top - GAP}px`;
  };
  root.addEventListener('toggle', place);
  return store.watch(['spec', 'fields', 'language'], show);
}
