// @ts-check
// The table of kept experiments: a row for each, with its picture, name and note to be typed over, columns to sort by, and
// what can be done with it.

import { paintCard } from '../../draw/plane/cards.js';
import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { t } from '../../core/i18n.js';
import { LONGEST, shownColumns, sorted } from './columns.js';

/** @typedef {import('./columns.js').KeptRow} KeptRow */
/** @typedef {'open' | 'copy' | 'file' | 'remove'} Deed */

const PICTURE = 84; // px
const DEEDS = /** @type {const} */ (['open', 'copy', 'file', 'remove']);
const OF_RECENT = ['open', 'copy', 'file']; // what is not kept need not be deleted

/** @typedef {(row: KeptRow, words: {name?: string, note?: string}) => Promise<boolean>} Change */
/** @typedef {Record<Deed, (row: KeptRow) => void> & {change: Change, isChosen: (row: KeptRow) => boolean, choose: (row: KeptRow, chosen: boolean) => void}} Does  what can be done with a row */

/** @param {HTMLTableElement} table @param {(id: string) => any} pictureOf @param {Does} does */
export function createKeptTable(table, pictureOf, does) {
  const [head, body] = [/** @type {HTMLElement} */ (table.tHead), table.tBodies[0]];
  /** @type {{name: string, falling: boolean} | null} null: as they come, the newest first */
  let order = null;
  /** @type {KeptRow[]} */
  let rows = [];

  function show() {
    const columns = shownColumns(rows);
    const by = columns.find(({ name }) => name === order?.name);
    head.replaceChildren(headOf(columns, order, (name) => {
      order = order?.name !== name ? { name, falling: false } : order.falling ? null : { name, falling: true };
      show();
    }));
    body.replaceChildren(...(by ? sorted(rows, by, order?.falling ?? false) : rows).map((row) => rowOf(row, columns, does)));
    paint();
  }

  function paint() {
    const palette = readPalette(document.documentElement);
    for (const row of body.rows) {
      const picture = pictureOf(row.dataset.id ?? '');
      const canvas = /** @type {HTMLCanvasElement} */ (row.querySelector('canvas'));
      fitCanvas(canvas, PICTURE, PICTURE);
      if (picture) paintCard(contextOf(canvas), PICTURE, picture, palette);
    }
  }

  return {
    paint,
    /** @param {KeptRow[]} shown  the newest first */
    show(shown) {
      rows = shown;
      show();
    },
  };
}

/** @param {import('./columns.js').Column[]} columns @param {{name: string, falling: boolean} | null} order @param {(name: string) => void} sort */
function headOf(columns, order, sort) {
  const row = document.createElement('tr');
  row.append(document.createElement('td'), cell('th', t('kept.name')));
  for (const { name, label } of columns) {
    const head = document.createElement('th');
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label, onclick: () => sort(name) });
    head.dataset.column = name;
    if (order?.name === name) head.setAttribute('aria-sort', order.falling ? 'descending' : 'ascending');
    head.append(button);
    row.append(head);
  }
  return row;
}

/** @param {KeptRow} row @param {import('./columns.js').Column[]} columns @param {Does} does */
function rowOf(row, columns, does) {
  const element = document.createElement('tr');
  Object.assign(element.dataset, { testid: 'kept-row', id: row.id, name: row.name, recent: String(Boolean(row.tab)) });
  const picture = document.createElement('td');
  picture.append(choiceOf(row, does), document.createElement('canvas'));
  const words = document.createElement('th');
  words.scope = 'row';
  const deeds = deedsOf(row, does);
  /** @type {Change} */
  const change = async (changed, its) => {
    const isDone = await does.change(changed, its);
    element.dataset.name = row.name;
    label(deeds, row);
    return isDone;
  };
  words.append(inputOf(row, 'name', change), inputOf(row, 'note', change), deeds);
  element.append(picture, words, ...columns.map(({ name, read, write }) => {
    const value = read(row);
    const made = cell('td', write(value));
    Object.assign(made.dataset, { column: name, value: value === null || value === undefined ? '' : String(value) });
    return made;
  }));
  return element;
}

/** To be compared. Points of one's own are not in the table, so another run cannot have them. @param {KeptRow} row @param {Does} does */
function choiceOf(row, does) {
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: does.isChosen(row), disabled: row.summary.spec.dataset.startsWith('own'), onchange: () => does.choose(row, box.checked) });
  box.dataset.testid = 'kept-choose';
  box.setAttribute('aria-label', t('kept.choose', { name: row.name }));
  return box;
}

/** @param {KeptRow} row @param {'name' | 'note'} field @param {Change} change */
function inputOf(row, field, change) {
  const input = Object.assign(document.createElement('input'), { value: row[field], maxLength: LONGEST[field], readOnly: Boolean(row.tab), autocomplete: 'off', placeholder: t(`kept.${field}`) });
  input.dataset.testid = `kept-${field}`;
  input.setAttribute('aria-label', t(`kept.${field}`));
  input.onchange = () => {
    const text = input.value.trim();
    if (text || field === 'note') change(row, { [field]: text });
    else input.value = row.name;
  };
  return input;
}

/** @param {KeptRow} row @param {Does} does */
function deedsOf(row, does) {
  const deeds = document.createElement('div');
  deeds.append(...DEEDS.filter((deed) => !row.tab || OF_RECENT.includes(deed)).map((deed) => {
    const key = row.tab && deed === 'copy' ? 'kept.keep' : `kept.${deed}`;
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: t(key), title: t(`${key}.title`), onclick: () => does[deed](row) });
    button.dataset.testid = `kept-${deed}`;
    return button;
  }));
  label(deeds, row);
  return deeds;
}

/** @param {HTMLElement} deeds @param {KeptRow} row */
function label(deeds, row) {
  for (const button of deeds.children) button.setAttribute('aria-label', `${button.textContent}: ${row.name}`);
}

/** @param {'td' | 'th'} tag @param {string} text */
const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
