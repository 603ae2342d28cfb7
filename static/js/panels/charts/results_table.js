// @ts-check
// The cells of the table of results: inputs, outputs, targets and errors; a last row with fields for inputs of one's own.

import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('./result_rows.js').Results} Results */

/** @param {HTMLTableElement} table @param {Results} results @param {() => void} typed  when a field is another */
export function makeRows(table, { inputs, outputs, rows }, typed) {
  const [head, body, foot] = [/** @type {HTMLElement} */ (table.tHead), table.tBodies[0], /** @type {HTMLElement} */ (table.tFoot)];
  const named = (/** @type {string} */ key) => outputs.map((name) => (outputs.length > 1 ? `${t(key)} ${name}` : t(key)));
  const unknown = outputs.map(() => '–');
  head.replaceChildren(rowOf([...inputs, ...named('results.output'), ...named('results.target'), ...named('results.error')], 'th'));
  body.replaceChildren(...rows.map((row) => rowOf([...row.inputs.map(short), ...unknown, ...row.targets.map(short), ...unknown])));
  const own = rowOf([...inputs.map(() => ''), ...unknown, t('results.own')]);
  foot.replaceChildren(own);
  /** @type {HTMLTableCellElement} */ (own.lastElementChild).colSpan = 2 * outputs.length;
  inputs.forEach((name, i) => own.cells[i].append(makeField(name, rows[0].inputs[i], i, typed)));
}

/** @param {HTMLTableRowElement} row @param {Results} results @param {(number | null)[]} said @param {(number | null)[]} targets  none in one's own row */
export function fillRow(row, { inputs, outputs, digits }, said, targets) {
  outputs.forEach((_, i) => {
    const value = said[i] ?? null;
    const target = targets[i];
    put(row.cells[inputs.length + i], value, digits);
    if (target !== undefined) put(row.cells[inputs.length + 2 * outputs.length + i], value === null || target === null ? null : value - target, digits);
  });
}

/** @param {string} name @param {number} value @param {number} i @param {() => void} oninput */
function makeField(name, value, i, oninput) {
  const field = Object.assign(document.createElement('input'), { type: 'number', step: 'any', value: String(Number(value.toFixed(4))), oninput });
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

/** @param {HTMLElement} cell @param {number | null} value @param {number} digits */
function put(cell, value, digits) {
  write(cell, value === null ? '–' : value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1').replace('-', '−'));
  cell.dataset.value = value === null ? '' : String(value);
}

/** As few digits as it needs, with a true minus. @param {number | null} value */
const short = (value) => (value === null ? '–' : String(Number(value.toFixed(4))).replace('-', '−'));
