// @ts-check
// Asks the server for the points of a file.

import { hasText, t } from '../../core/i18n.js';
import { ownSession } from '../../core/page_connection.js';

const MEGABYTE = 1 << 20;

/** @typedef {{code: string, message: string, values: Record<string, any>}} Sentence */
/** @typedef {{points: [number, number, number][], kind: 'classes' | 'values', class_names: string[], columns: string[], notes: Sentence[]}} PointsFile */

/** @param {File} file @param {number} most  bytes the server takes @returns {Promise<{found: PointsFile | null, fault: Sentence | null}>} one of them is null */
export async function readPointsFile(file, most) {
  if (file.size > most) return refused('upload.too_large', { size: (file.size / MEGABYTE).toFixed(1), most: Number((most / MEGABYTE).toPrecision(2)) });
  const request = { method: 'POST', body: file, headers: { 'content-type': 'text/plain' } };
  const whose = new URLSearchParams({ name: file.name, session: ownSession() ?? '' });
  const answer = await fetch(`api/points?${whose}`, request).catch(() => null);
  const body = await answer?.json().catch(() => null);
  if (answer?.ok && body) return { found: body, fault: null };
  return body?.code ? { found: null, fault: body } : refused('upload.unreachable', {});
}

/** @param {string} code @param {Record<string, any>} values */
const refused = (code, values) => ({ found: null, fault: { code, message: t(code, values), values } });

/** In the reader's language where there are words for it. @param {Sentence} sentence */
export function wordsOf({ code, message, values }) {
  const key = [`server.${code}`, code].find(hasText);
  return key ? t(key, values) : message;
}
