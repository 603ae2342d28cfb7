// @ts-check
// The cells of the table of results: inputs, outputs, targets and errors; a last row with fields for inputs of one's own.
// Of points from a file all numbers are as the file has them.

import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { fromFile, inFile, isScaled, pointInFile, toFile } from '../../experiment/own_file.js';

/** @typedef {import('./result_rows.js').Results} Results */
/** @typedef {import('./result_rows.js').Unit} Unit */

/** @param {HTMLTableElement} table @param {Results} results @param {() => void} typed  when a field is another */
export function makeRows(table, { inputs, outputs, units, label, rows }, typed) {
  const [head, body, foot] = [/** @type {HTMLElement} */ (table.tHead), table.tBodies[0], /** @type {HTMLElement} */ (table.tFoot)];
  const named = (/** @type {string} */ key) => outputs.map((name) => (name ? `${t(key)} ${name}` : t(key)));
  const unknown = outputs.map(() => '–');
  head.replaceChildren(rowOf([...inputs, ...named('results.output'), ...named('results.target'), ...named('results.error')], 'th'));
  body.replaceChildren(...rows.map((row) => rowOf([...row.inputs.map((value, i) => short(value, units[i])), ...unknown, ...row.targets.map((value) => short(value, label)), ...unknown])));
  const own = rowOf([...inputs.map(() => ''), ...unknown, t('results.own')]);
  foot.replaceChildren(own);
  /** @type {HTMLTableCellElement} */ (own.lastElementChild).colSpan = 2 * outputs.length;
  inputs.forEach((name, i) => own.cells[i].append(makeField(name, short(rows[0].inputs[i], units[i]).replace('−', '-'), i, typed)));
}

/** @param {HTMLTableRowElement} row @param {Results} results @param {(number | null)[]} said @param {(number | null)[]} targets  none in one's own row */
export function fillRow(row, { inputs, outputs, label, digits }, said, targets) {
  outputs.forEach((_, i) => {
    const value = said[i] ?? null;
    const target = targets[i];
    put(row.cells[inputs.length + i], value, label, digits);
    if (target !== undefined) put(row.cells[inputs.length + 2 * outputs.length + i], value === null || target === null ? null : value - target, { ...label, zero: 0 }, digits);
  });
}

/** What was typed in the last row, as the network takes it; NaN where it is no number. @param {HTMLTableElement} table @param {Results} results @returns {number[]} */
export const readOwnRow = (table, { units }) => [...table.querySelectorAll('input')].map((field, i) => fromFile(field.valueAsNumber, units[i]));

/** @param {string} name @param {string} value @param {number} i @param {() => void} oninput */
function makeField(name, value, i, oninput) {
  const field = Object.assign(document.createElement('input'), { type: 'number', step: 'any', value, oninput });
  field.dataset.testid = `own-input-${i}`;
  field.setAttribute('aria-label', t('results.own_input', { name }));
  return field;
}

/** @param {string[]} texts @param {'th' | 'td'} [tag] */
function rowOf(texts, tag = 'td') {
  const row = document.createElement('tr');
  row.append(...texts.map((text) => Object.assign(document.createElement(tag), { textContent: text })));
  return row;
}

/** @param {HTMLElement} cell @param {number | null} value @param {Unit} unit @param {number} digits  where no file has scaled it */
function put(cell, value, unit, digits) {
  const text = (/** @type {number} */ number) => (isScaled(unit) ? inFile(number, unit) : number.toFixed(digits).replace(/^-(0\.?0*)$/, '$1').replace('-', '−'));
  write(cell, value === null ? '–' : text(value));
  cell.dataset.value = value === null ? '' : String(toFile(value, unit));
}

/** As few digits as it needs, with a true minus. @param {number | null} value @param {Unit} unit */
function short(value, unit) {
  if (value === null) return '–';
  return isScaled(unit) ? pointInFile(value, unit) : String(Number(value.toFixed(4))).replace('-', '−');
}
