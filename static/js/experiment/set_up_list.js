// @ts-check
// A list of setups to be shown one after another, and its file: presets by their name, other experiments by their address.
// Pure.

/** @typedef {{name: string, preset: string} | {name: string, address: string}} Entry  address: as after # of the page's; name: empty for a preset, which has its own */

const MARK = 'playground_list'; // the first key of the file, by which it is known when it is dropped
const VERSION = 1;
export const MOST_ENTRIES = 200;
const LONGEST_NAME = 120; // characters
const LONGEST_ADDRESS = 200_000; // characters: points of one's own are in it

/** @param {Entry[]} entries @returns {string} the file */
export const writeList = (entries) => `${JSON.stringify({ [MARK]: VERSION, entries }, null, 1)}\n`;

/**
 * @param {string} text  of a file
 * @returns {{entries: Entry[]} | {fault: 'none' | 'version' | 'entry' | 'many', at?: number}} at: the number of the entry that cannot be read, from 1
 */
export function readList(text) {
  const found = parse(text);
  if (found === null || typeof found !== 'object' || !(MARK in found) || !Array.isArray(found.entries)) return { fault: 'none' };
  if (found[MARK] !== VERSION) return { fault: 'version' };
  if (found.entries.length > MOST_ENTRIES) return { fault: 'many' };
  const entries = found.entries.map(readEntry);
  const at = entries.indexOf(null);
  return at < 0 ? { entries: /** @type {Entry[]} */ (entries) } : { fault: 'entry', at: at + 1 };
}

/** @param {string} text @returns {any} */
function parse(text) {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

/** @param {any} entry @returns {Entry | null} */
function readEntry(entry) {
  const { name = '', preset, address } = entry ?? {};
  if (!isText(name, LONGEST_NAME)) return null;
  if (preset !== undefined) return isText(preset, LONGEST_NAME) && preset ? { name, preset } : null;
  return isText(address, LONGEST_ADDRESS) ? { name, address } : null;
}

/** @param {unknown} value @param {number} longest */
const isText = (value, longest) => typeof value === 'string' && value.length <= longest;

/** What follows # in an address that was pasted whole, or alone. @param {string} text */
export const addressIn = (text) => text.trim().replace(/^[^#]*#/, '');

/**
 * Where a list goes on once it has changed: at the entry begun last, or the last one before it that is still there; −1: at its start.
 * @template T @param {T[]} entries @param {number} at  of the one begun last @param {T[]} changed
 */
export const placeAfter = (entries, at, changed) => changed.lastIndexOf(/** @type {T} */ (entries.slice(0, at + 1).findLast((entry) => changed.includes(entry))));

/** The list with one entry elsewhere. @template T @param {T[]} entries @param {number} from @param {number} to @returns {T[]} */
export function moved(entries, from, to) {
  const rest = entries.filter((_, i) => i !== from);
  return [...rest.slice(0, to), entries[from], ...rest.slice(to)];
}
