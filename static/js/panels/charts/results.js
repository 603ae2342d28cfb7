// @ts-check
// Results as a table: input, output, target and error of each row where they are few, and a row for inputs of one's own.

import { readResults, saidOf } from './result_rows.js';
import { fillRow, makeRows, readOwnRow } from './results_table.js';

/** @typedef {import('./result_rows.js').Results} Results */

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountResults(root, store, follow) {
  root.innerHTML = '<table data-testid="results"><thead></thead><tbody></tbody><tfoot></tfoot></table>';
  const table = /** @type {HTMLTableElement} */ (root.firstElementChild);
  /** @type {Results | null} */
  let results = null;

  const typed = () => (results ? readOwnRow(table, results) : []);
  const isTyped = () => typed().length > 0 && typed().every(Number.isFinite);

  const request = follow(
    () => (root.hidden || !results ? null : [...results.rows.map((row) => row.inputs), ...(isTyped() ? [typed()] : [])]),
    (prediction) => {
      const [shown, state] = [results, store.get('state')];
      const count = shown?.rows.length ?? 0;
      if (!shown || !state || prediction.outputs.length < count) return;
      shown.rows.forEach((row, i) => fillRow(table.tBodies[0].rows[i], shown, saidOf(prediction, i, state), row.targets));
      const own = table.tFoot?.rows[0];
      if (own) fillRow(own, shown, isTyped() && prediction.outputs.length > count ? saidOf(prediction, count, state) : [], []);
    },
  );

  function show() {
    const next = store.get('panel') === 'results' ? readResults(store) : null;
    root.hidden = !next;
    if (!next) return;
    const key = JSON.stringify([next, document.documentElement.lang]);
    if (key !== table.dataset.key) makeRows(table, next, request);
    table.dataset.key = key;
    results = next;
    request();
  }

  show();
  const stops = [
    store.watch(['state', 'points', 'samples', 'panel', 'language', 'draft'], show),
    store.watch(['frame'], () => root.hidden || request()),
  ];
  return () => {
    stops.forEach((stop) => stop());
    root.replaceChildren();
  };
}
