// @ts-check
// Asks the server for the points of a file.

import { hasText, t } from '../../core/i18n.js';
import { ownSession } from '../../core/page_connection.js';

const MEGABYTE = 1 << 20;
const DRAWN_BY = 1; // seed by which points are drawn where the file has more than the plane takes

/** @typedef {{code: string, message: string, values: Record<string, any>}} Sentence */
/** @typedef {{name: string, kind: 'number' | 'class' | 'index' | 'one-hot' | 'text', first: string[], numeric: boolean, group: string[]}} Column  group: names of its one-hot group */
/** @typedef {{columns: string[], all_columns: Column[], encoding: string}} Table  columns: chosen as x1, x2 and label */
/** @typedef {{zero: number, unit: number}} Scale  a number of the file is zero + unit · what it is on the plane */
/**
 * @typedef {object} Points
 * @property {[number, number, number][]} points
 * @property {'classes' | 'values'} kind
 * @property {string[]} class_names
 * @property {{x1: Scale, x2: Scale, label: Scale}} scale
 * @property {boolean} may_keep  the coordinates could be used as they are
 * @property {Sentence[]} notes
 */
/** @typedef {Points & Table} PointsFile */
/** @typedef {{x1?: string, x2?: string, label?: string, encoding?: string, fill?: boolean}} Wishes  what a person chose; the rest is guessed */
/** @typedef {{found: PointsFile | null, fault: Sentence | null, table: Table | null}} Answer  found or fault; table: where there is one */

/** @param {File} file @param {number} most  bytes the server takes @param {Wishes} wishes @returns {Promise<Answer>} */
export async function readPointsFile(file, most, wishes) {
  if (file.size > most) return refused('upload.too_large', { size: (file.size / MEGABYTE).toFixed(1), most: Number((most / MEGABYTE).toPrecision(2)) });
  const chosen = Object.entries(wishes).map(([name, wish]) => [name, String(wish)]);
  const query = new URLSearchParams({ name: file.name, session: ownSession() ?? '', draw: String(DRAWN_BY), ...Object.fromEntries(chosen) });
  const request = { method: 'POST', body: file, headers: { 'content-type': 'text/plain' } };
  const answer = await fetch(`api/points?${query}`, request).catch(() => null);
  const body = await answer?.json().catch(() => null);
  if (answer?.ok && body) return { found: body, fault: null, table: body };
  return body?.code ? { found: null, fault: body, table: body.all_columns ? body : null } : refused('upload.unreachable', {});
}

/** @param {string} code @param {Record<string, any>} values @returns {Answer} */
const refused = (code, values) => ({ found: null, fault: { code, message: t(code, values), values }, table: null });

/** In the reader's language where there are words for it. @param {Sentence} sentence */
export function wordsOf({ code, message, values }) {
  const key = [`server.${code}`, code].find(hasText);
  return key ? t(key, values) : message;
}
