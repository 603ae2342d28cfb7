// @ts-check
// The sheet Kept: the experiments of this browser as a table, filtered, taken as files and read from them.

import { MOST_OTHERS } from '../../core/comparison_runs.js';
import { download } from '../../core/download.js';
import { t } from '../../core/i18n.js';
import { LONGEST, allColumns, csvOf, firstName, matches } from './columns.js';
import { takeFile } from './files.js';
import { keptServer } from './kept_server.js';
import { createSheetNotice } from './sheet_notice.js';
import { createKeptTable } from './table.js';

/** @typedef {import('./columns.js').KeptRow} KeptRow */

const MOST = MOST_OTHERS + 1; // to be compared: one of them becomes this page's run

/**
 * @param {HTMLDialogElement} dialog
 * @param {{session: () => string, open: (row: KeptRow) => Promise<import('./kept_server.js').Answer<any>>, compare: (rows: KeptRow[]) => void, openFile: (file: File) => Promise<import('./kept_server.js').Answer<any>>}} does  openFile: where nothing is kept
 */
export function createKeptSheet(dialog, does) {
  const [search, picker, csv, compare] = ['filter', 'load', 'csv', 'compare'].map((name) => /** @type {any} */ (dialog.querySelector(`[data-testid=kept-${name}]`)));
  const none = /** @type {HTMLElement} */ (dialog.querySelector('.none'));
  const notice = createSheetNotice(/** @type {HTMLElement} */ (dialog.querySelector('.kept-said')));
  /** @type {Map<string, any>} by id */
  const pictures = new Map();
  /** @type {KeptRow[]} */
  let rows = [];
  let hasStore = true;
  const choice = createChoice(compare);

  /** Loads the list again where something was done. @param {import('./kept_server.js').Answer<any>} answer */
  const then = async (answer) => { if (notice.isDone(answer)) await load(); };
  const deeds = { ...createDeeds(then, notice), ...choice, open: async (/** @type {KeptRow} */ row) => void notice.isDone(await does.open(row)) };
  const table = createKeptTable(/** @type {HTMLTableElement} */ (dialog.querySelector('table')), (id) => pictures.get(id), deeds);

  async function load() {
    const { said, fault } = await keptServer.list(does.session());
    if (fault) return notice.say(fault);
    [rows, hasStore] = [[...said.rows, ...said.recent.map((row) => ofTab(row, does.session()))], said.has_store];
    choice.keepOnly(rows);
    show();
    await loadPictures(rows, pictures, () => dialog.open);
    table.paint();
  }

  function show() {
    const columns = allColumns(rows);
    const shown = rows.filter((row) => matches(row, search.value, columns));
    table.show(shown);
    none.textContent = shown.length ? '' : t(rows.length ? 'kept.none_found' : hasStore ? 'kept.none' : 'server.kept_needs_store');
    search.placeholder = t('kept.filter');
    csv.disabled = !rows.length;
  }

  search.oninput = show;
  compare.onclick = () => {
    const chosen = rows.filter(choice.isChosen);
    if (chosen.length > MOST) notice.say({ key: 'kept.compare.too_many', values: { count: chosen.length, limit: MOST } });
    else does.compare(chosen);
  };
  csv.onclick = () => download('playground-kept.csv', csvOf(rows), 'text/csv');
  picker.onchange = async () => {
    const [file] = picker.files ?? [];
    picker.value = ''; // the same file again is a change, too
    if (file && hasStore) await then(await keptServer.read(file));
    else if (file) notice.isDone(await does.openFile(file));
  };

  return {
    label: show, paint: table.paint,
    open() {
      if (!dialog.open) dialog.showModal();
      notice.clear();
      load();
    },
  };
}

/** What changes the list. @param {(answer: import('./kept_server.js').Answer<any>) => Promise<void>} then @param {ReturnType<typeof createSheetNotice>} notice */
const createDeeds = (then, notice) => ({
  copy: async (/** @type {KeptRow} */ row) => then(await keptServer.copy(row, row.tab ? row.name : copyName(row.name))),
  file: (/** @type {KeptRow} */ row) => takeFile(keptServer.fileAddress(row), row.name),
  /** Whether it has them now: the table stays as it is, for the next field has the focus. @param {KeptRow} row @param {{name?: string, note?: string}} words */
  async change(row, words) {
    const isDone = notice.isDone(await keptServer.change(row.id, words));
    if (isDone) Object.assign(row, words);
    return isDone;
  },
  async remove(/** @type {KeptRow} */ { id, name }) {
    const answer = await keptServer.remove(id);
    await then(answer);
    if (!answer.fault) notice.say({ key: 'kept.removed', values: { name } }, async () => then(await keptServer.restore(id)));
  },
});

/** Which rows are to be compared. @param {HTMLButtonElement} button  which compares two or more */
function createChoice(button) {
  /** @type {Set<string>} */
  const ids = new Set();
  const show = () => { button.disabled = ids.size < 2; };
  return {
    isChosen: (/** @type {KeptRow} */ { id }) => ids.has(id),
    /** Some may have been deleted. @param {KeptRow[]} rows */
    keepOnly(rows) {
      const there = new Set(rows.map(({ id }) => id));
      for (const id of ids) if (!there.has(id)) ids.delete(id);
      show();
    },
    choose(/** @type {KeptRow} */ { id }, /** @type {boolean} */ is) {
      if (is) ids.add(id);
      else ids.delete(id);
      show();
    },
  };
}

/** @param {string} name */
const copyName = (name) => t('kept.copy_of', { name }).slice(0, LONGEST.name);

/** A recent run, by what it is. @param {KeptRow} row @param {string} tab @returns {KeptRow} */
const ofTab = (row, tab) => ({ ...row, tab, name: firstName(row.summary.spec.dataset, row.summary.sizes, row.summary.step), note: t('kept.recent') });

/** Those that are not there yet. @param {KeptRow[]} rows @param {Map<string, any>} pictures  by id @param {() => boolean} wanted  whether they still are */
async function loadPictures(rows, pictures, wanted) {
  for (const row of rows) {
    if (!wanted()) return;
    if (!pictures.has(row.id)) pictures.set(row.id, (await keptServer.picture(row)).said);
  }
}
