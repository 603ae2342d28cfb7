// @ts-check
// The columns of the table of kept experiments: results, and the knobs in which the experiments differ; how rows are
// sorted and filtered by them, and written as CSV. Pure, but for the words.

import { featureLabel } from '../../draw/base/numbers.js';
import { formatCount, formatLoss, formatPercent, hasText, t } from '../../core/i18n.js';
import { shortName } from '../../experiment/choice_options.js';
import { writeLayers } from '../../experiment/layers.js';

/**
 * @typedef {object} Summary  as the server says it, with the scores of both sets
 * @property {Record<string, any>} spec
 * @property {string | null} bug
 * @property {string} engine
 * @property {number | null} steps_per_second
 * @property {number[]} sizes
 * @property {number} parameters
 * @property {boolean} changed
 * @property {number} step
 * @property {number} epoch
 * @property {number | null} diverged
 * @property {number | null} train_loss
 * @property {number | null} test_loss
 * @property {number | null} train_accuracy
 * @property {number | null} test_accuracy
 */
/** @typedef {{id: string, name: string, note: string, kept_at: number, summary: Summary, tab?: string}} KeptRow  kept_at: seconds since 1970; tab: its session, of a recent run that nobody has kept */
/** @typedef {{name: string, label: string, read: (row: KeptRow) => any, write: (value: any) => string}} Column */

/** Characters that the server takes. */
export const LONGEST = { name: 120, note: 2000 };
const RESULTS = /** @type {const} */ (['step', 'train_loss', 'test_loss', 'test_accuracy']);
const MORE_RESULTS = /** @type {const} */ (['epoch', 'train_accuracy', 'parameters', 'bug', 'engine', 'steps_per_second']);
const FORMATS = { step: formatCount, epoch: formatCount, parameters: formatCount, train_loss: formatLoss, test_loss: formatLoss, train_accuracy: formatPercent, test_accuracy: formatPercent };

/** @param {string} name  of a field of the Spec or of a summary */
const labelOf = (name) => [`field.${name}`, `kept.column.${name}`].map((key) => (hasText(key) ? t(key) : '')).find(Boolean) ?? name;

/** @param {string} name @param {any} value */
function textOf(name, value) {
  if (value === null || value === undefined) return '–';
  if (name in FORMATS) return FORMATS[/** @type {keyof typeof FORMATS} */ (name)](value);
  if (name === 'hidden') return writeLayers(value) || '–';
  if (name === 'features') return value.map(featureLabel).join(' ');
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (Array.isArray(value)) return value.join(' ');
  return hasText(`${name}.${value}`) ? shortName(`${name}.${value}`) : String(value);
}

/** What a run is called that has no name yet. @param {string} dataset @param {number[]} sizes @param {number} step @param {string} [preset] */
export function firstName(dataset, sizes, step, preset) {
  const data = hasText(`dataset.${dataset}`) ? shortName(`dataset.${dataset}`) : dataset;
  const what = preset ? t(`preset.${preset}`) : `${data}, ${sizes.join('-')}`;
  return t('kept.named', { what, step: formatCount(step, 1e9) }).slice(0, LONGEST.name);
}

/** @param {string} name @param {(row: KeptRow) => any} read @returns {Column} */
const column = (name, read) => ({ name, label: labelOf(name), read, write: (value) => textOf(name, value) });

/** @param {typeof RESULTS[number] | typeof MORE_RESULTS[number]} name */
const ofSummary = (name) => column(name, ({ summary }) => summary[name]);

/** @param {string} name */
const ofSpec = (name) => column(name, ({ summary }) => summary.spec[name]);

/** All there can be, for a filter and for CSV. @param {KeptRow[]} rows @returns {Column[]} */
export function allColumns(rows) {
  const fields = [...new Set(rows.flatMap(({ summary }) => Object.keys(summary.spec)))];
  return [...RESULTS.map(ofSummary), ...fields.map(ofSpec), ...MORE_RESULTS.map(ofSummary)];
}

/** The results, and knobs in which the rows differ. @param {KeptRow[]} rows @returns {Column[]} */
export function shownColumns(rows) {
  const results = RESULTS.map(ofSummary).filter(({ read }) => rows.some((row) => read(row) !== null));
  const shown = new Set([...RESULTS, 'epoch', 'train_accuracy', 'parameters']);
  const differs = (/** @type {Column} */ { read }) => new Set(rows.map((row) => JSON.stringify(read(row)))).size > 1;
  return [...results, ...allColumns(rows).filter((one) => !shown.has(/** @type {any} */ (one.name)) && differs(one))];
}

/** Numbers by size, all else by its text; what a row has not comes last. @param {KeptRow[]} rows @param {Column} by @param {boolean} falling */
export function sorted(rows, { read, write }, falling) {
  const missing = (/** @type {any} */ value) => value === null || value === undefined;
  return [...rows].sort((one, other) => {
    const [a, b] = [read(one), read(other)];
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : write(a).localeCompare(write(b), undefined, { numeric: true });
    return falling ? -order : order;
  });
}

const CONDITION = /^(.+?)\s*(<=|>=|≤|≥|<|>|=)\s*(.+)$/;

/**
 * Whether a row is meant: each part between commas is a word of it, or a knob or result with a bound, as in “adam, test loss < 0.1”.
 * @param {KeptRow} row @param {string} filter @param {Column[]} columns  all
 */
export function matches(row, filter, columns) {
  return filter.split(/[,，]/).map((part) => part.trim().toLowerCase()).filter(Boolean).every((part) => {
    const [, name, sign, bound] = CONDITION.exec(part) ?? [];
    const meant = name && columns.find((one) => [one.name, one.name.replaceAll('_', ' '), one.label.toLowerCase()].includes(name));
    if (meant) return holds(meant, row, sign, bound);
    return [row.name, row.note, ...columns.flatMap(({ read, write }) => [write(read(row)), String(read(row))])].some((text) => text.toLowerCase().includes(part));
  });
}

/** @param {Column} column @param {KeptRow} row @param {string} sign @param {string} bound */
function holds({ read, write }, row, sign, bound) {
  const value = read(row);
  const number = parseFloat(bound) / (bound.endsWith('%') ? 100 : 1);
  if (sign === '=') return write(value).toLowerCase() === bound || String(value).toLowerCase() === bound || value === number;
  if (typeof value !== 'number' || Number.isNaN(number)) return false;
  if (sign === '<') return value < number;
  if (sign === '>') return value > number;
  return sign === '<=' || sign === '≤' ? value <= number : value >= number;
}

/** All numbers with all digits, for programs. @param {KeptRow[]} rows */
export function csvOf(rows) {
  const columns = allColumns(rows);
  const lines = rows.map((row) => [row.name, row.note, new Date(row.kept_at * 1000).toISOString(), ...columns.map(({ name, read }) => plain(name, read(row)))]);
  return [['name', 'note', 'kept_at', ...columns.map(({ name }) => name)], ...lines].map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
}

/** @param {string} name @param {any} value */
const plain = (name, value) => (value === null || value === undefined ? '' : Array.isArray(value) ? textOf(name, value) : String(value));

/** A text that a spreadsheet takes for a formula is told from one by a quote before it. @param {string} text */
function csvCell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
