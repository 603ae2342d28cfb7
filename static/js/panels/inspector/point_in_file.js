// @ts-check
// The point whose numbers are explained, as the file has it that it comes from; the scaled coordinates beside.

import { t } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';
import { exactPoint, isScaled, pointInFile } from '../../experiment/own_file.js';

/** @param {HTMLElement} text @param {import('../../core/store.js').Store} store @param {number | null} chosen  point, by its place in the training set */
export function showPointInFile(text, store, chosen) {
  const [units, spec] = [readOutput(store)?.units, store.get('state')?.spec];
  const point = chosen === null ? undefined : store.get('points')?.train[chosen];
  text.hidden = !point || !units || !spec || !Object.values(units).some(isScaled);
  if (!point || !units || !spec || text.hidden) return;
  const [x1, x2, label] = exactPoint(point, spec);
  const parts = [['x₁', x1, units.x1], ['x₂', x2, units.x2], ...(isScaled(units.label) ? [['y', label, units.label]] : [])];
  const written = /** @type {[string, number, import('../../experiment/own_file.js').Unit][]} */ (parts).map(([symbol, value, unit]) => `${unit.name || symbol} ${pointInFile(value, unit)} (${symbol} = ${value.toFixed(3).replace('-', '−')})`);
  text.textContent = t('inspector.in_file', { point: written });
}
