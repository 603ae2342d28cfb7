// @ts-check
// The log of the run as a table, the newest epoch at its end, and its two buttons: copied as text, saved as CSV.

import { copyText } from '../../core/clipboard.js';
import { t } from '../../core/i18n.js';
import { say } from '../../core/notices.js';
import { createThrottle } from '../../core/throttle.js';
import { cellText, columnName, columnsOf, logText, saveLog } from '../../experiment/log_text.js';
import { readPlace } from './curves.js';

/** @typedef {import('../../wire/messages.js').EpochRow} EpochRow */
/** @typedef {import('../../experiment/log_text.js').Column} Column */

const WRITTEN_EVERY = 250; // milliseconds
const AT_END = 30; // px from the end, within which the table follows its newest row

/**
 * @param {HTMLElement} root  empty
 * @param {HTMLElement} heading  of the panel, where the buttons go
 * @param {import('../../core/store.js').Store} store
 */
export function mountLog(root, heading, store) {
  root.innerHTML = '<table data-testid="log"><thead></thead><tbody></tbody></table><p></p>';
  const table = createTable(/** @type {HTMLTableElement} */ (root.firstElementChild));
  const nothing = /** @type {HTMLElement} */ (root.lastElementChild);
  const end = followEnd(root);
  const rowsOfLog = () => store.get('history')?.log ?? [];
  const buttons = makeButtons(heading, {
    copy: async () => say(store, 'notice', (await copyText(logText(rowsOfLog(), store.get('state')))) ? 'log.copied' : 'log.not_copied'),
    csv: () => saveLog(store),
  });

  function show() {
    if (root.hidden) return;
    const [state, rows] = [store.get('state'), rowsOfLog()];
    table.show(rows, state, readPlace(store));
    end.follow();
    nothing.hidden = rows.length > 0;
    nothing.textContent = t('log.empty', { steps: state?.batches_per_epoch ?? '' });
    for (const button of buttons) button.disabled = rows.length === 0;
  }

  function label() {
    for (const button of buttons) {
      button.textContent = t(`log.${button.dataset.does}`);
      button.title = t(`log.${button.dataset.does}.title`);
    }
    show();
  }

  function toggle() {
    const open = store.get('panel') === 'log';
    root.hidden = !open;
    for (const button of buttons) button.hidden = !open;
    if (open) throttle.runNow();
  }

  const throttle = createThrottle(WRITTEN_EVERY, show);
  label();
  toggle();
  const stops = [
    store.watch(['history', 'frame', 'state'], throttle.request),
    store.watch(['panel'], toggle),
    store.watch(['language'], label),
    throttle.stop, end.stop,
    () => root.replaceChildren(),
    () => buttons.forEach((button) => button.remove()),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Keeps the newest row in sight, until the person scrolls away from the end. @param {HTMLElement} root */
function followEnd(root) {
  let follows = true;
  const follow = () => { if (follows) root.scrollTop = root.scrollHeight; };
  const resized = new ResizeObserver(follow);
  resized.observe(root);
  root.onscroll = () => { follows = root.scrollTop + root.clientHeight > root.scrollHeight - AT_END; };
  return { follow, stop: () => resized.disconnect() };
}

/** @param {HTMLTableElement} table */
function createTable(table) {
  const [head, body] = [/** @type {HTMLElement} */ (table.tHead), table.tBodies[0]];
  let made = ''; // what the head was made of

  return {
    /** @param {EpochRow[]} rows @param {import('../../wire/messages.js').RunState | null} state @param {number | null} place  where the run stands, if that is not its end */
    show(rows, state, place) {
      const columns = columnsOf(state);
      const names = columns.map(({ name }) => columnName(name, state));
      if (names.join() !== made) {
        made = names.join();
        head.replaceChildren(rowOf(names, 'th'));
        body.replaceChildren();
      }
      fill(body, rows, columns);
      for (const row of body.rows) row.classList.toggle('later', place !== null && Number(row.dataset.step) > place);
    },
  };
}

/** @param {HTMLElement} heading @param {{copy: () => void, csv: () => void}} does */
function makeButtons(heading, does) {
  const buttons = /** @type {const} */ (['copy', 'csv']).map((name) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button small', onclick: does[name] });
    button.dataset.testid = `log-${name}`;
    button.dataset.does = name;
    return button;
  });
  heading.append(...buttons);
  return buttons;
}

/** Rows that are there stay; those of a longer log follow, and those it no longer has go. @param {HTMLTableSectionElement} body @param {EpochRow[]} rows @param {Column[]} columns */
function fill(body, rows, columns) {
  const kept = new Map([...body.rows].map((element) => [element.dataset.key, element]));
  const elements = rows.map((row) => kept.get(keyOf(row)) ?? makeRow(row, columns));
  const stays = new Set(elements);
  for (const element of kept.values()) if (!stays.has(element)) element.remove();
  elements.forEach((element, i) => { if (body.rows[i] !== element) body.insertBefore(element, body.rows[i] ?? null); });
}

/** @param {EpochRow} row */
const keyOf = ({ epoch, step, train_loss: train, test_loss: test }) => [epoch, step, train, test].join();

/** @param {EpochRow} row @param {Column[]} columns */
function makeRow(row, columns) {
  const element = rowOf(columns.map((column) => cellText(column, row)), 'td');
  const text = (/** @type {number | null} */ value) => (value === null ? '' : String(value));
  Object.assign(element.dataset, {
    key: keyOf(row), epoch: String(row.epoch), step: String(row.step), loss: text(row.train_loss), testLoss: text(row.test_loss),
    trainAccuracy: text(row.train_accuracy), testAccuracy: text(row.test_accuracy), errors: text(row.errors),
  });
  return element;
}

/** @param {string[]} texts @param {'th' | 'td'} tag */
function rowOf(texts, tag) {
  const row = document.createElement('tr');
  row.append(...texts.map((text) => Object.assign(document.createElement(tag), { textContent: text })));
  return row;
}
