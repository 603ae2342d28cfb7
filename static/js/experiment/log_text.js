// @ts-check
// What a log has to say of an experiment, as columns, as plain text and as CSV: losses, accuracies where there are classes,
// numbers of the test set where there is one, errors where the rule counts them.

import { download } from '../core/download.js';
import { formatPercent, t } from '../core/i18n.js';

/** @typedef {import('../wire/messages.js').EpochRow} EpochRow */
/** @typedef {import('../wire/messages.js').RunState} RunState */
/** @typedef {{name: keyof EpochRow, write: (value: number) => string}} Column */

const loss = (/** @type {number} */ value) => (value === 0 || (value >= 1e-3 && value < 1e5) ? value.toFixed(5) : value.toExponential(3).replace('-', '−'));
const share = (/** @type {number} */ value) => formatPercent(value);

/** @param {RunState | null} state @returns {Column[]} */
export function columnsOf(state) {
  const [classes, tested] = [(state?.classes ?? 0) > 0, state?.has_test_set ?? true];
  /** @type {[keyof EpochRow, boolean, (value: number) => string][]} */
  const columns = [
    ['epoch', true, String],
    ['train_loss', true, loss],
    ['test_loss', tested, loss],
    ['train_accuracy', classes, share],
    ['test_accuracy', classes && tested, share],
    ['errors', state?.spec.optimizer === 'perceptron', String],
  ];
  return columns.filter(([, meant]) => meant).map(([name, , write]) => ({ name, write }));
}

/** Its words; without a test set nothing need be told apart. @param {keyof EpochRow} name @param {RunState | null} state */
export const columnName = (name, state) => t(`log.${(state?.has_test_set ?? true) || !name.startsWith('train_') ? name : name.slice(6)}`);

/** @param {Column} column @param {EpochRow} row */
export function cellText({ name, write }, row) {
  const value = row[name];
  return value === null ? '–' : write(value);
}

/** In columns of equal width, to be pasted anywhere. @param {EpochRow[]} rows @param {RunState | null} state */
export function logText(rows, state) {
  const columns = columnsOf(state);
  const lines = [columns.map(({ name }) => columnName(name, state)), ...rows.map((row) => columns.map((column) => cellText(column, row)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i]))));
  return lines.map((line) => line.map((text, i) => ' '.repeat(widths[i] - widthOf(text)) + text).join('  ')).join('\n');
}

/** A Chinese letter is two wide. @param {string} text */
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0);

/** As a CSV file. @param {import('../core/store.js').Store} store */
export function saveLog(store) {
  const rows = store.get('history')?.log ?? [];
  download(`playground-log-epoch-${rows.at(-1)?.epoch ?? 0}.csv`, logCsv(rows, store.get('state')), 'text/csv');
}

/** With all digits, for programs. @param {EpochRow[]} rows @param {RunState | null} state */
export function logCsv(rows, state) {
  const names = columnsOf(state).map(({ name }) => name);
  names.splice(1, 0, 'step');
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))].map((line) => `${line.join(',')}\r\n`).join('');
}
