// @ts-check
// The table of results of points from a file: its columns' names, its numbers.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { readResults } from '/static/js/panels/charts/result_rows.js';
import { fillRow, makeRows, readOwnRow } from '/static/js/panels/charts/results_table.js';
import { equal, near, test } from '/js-tests/harness.js';

const POINTS = /** @type {[number, number, number][]} */ ([[-5, 1, 0.25], [5, 2, -0.5]]);
const SPEC = { dataset: 'own_values', own_points: POINTS, own_units: [[38.5, 4.1], [82000, 13400], [100, 20]], own_names: ['age', 'income', 'price'] };

/** @param {Record<string, any>} spec */
function tableOf(spec) {
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  store.set({ state: /** @type {any} */ ({ kind: { plane: true }, classes: 0, outputs: 1, spec }), points: { train: POINTS, test: [] } });
  const results = /** @type {import('/static/js/panels/charts/result_rows.js').Results} */ (readResults(store));
  const table = document.createElement('table');
  table.innerHTML = '<thead></thead><tbody></tbody><tfoot></tfoot>';
  makeRows(table, results, () => {});
  fillRow(table.tBodies[0].rows[0], results, [0.5], results.rows[0].targets);
  const texts = (/** @type {HTMLTableRowElement} */ row) => [...row.cells].map((cell) => cell.textContent ?? '');
  return { table, results, head: texts(/** @type {any} */ (table.tHead).rows[0]), first: texts(table.tBodies[0].rows[0]) };
}

test('results of points from a file are in its units, under its names, and so is what is typed', () => {
  const { table, results, head, first } = tableOf(SPEC);
  equal(head.slice(0, 2), ['age', 'income']);
  equal(head.slice(2).every((text) => text.endsWith(' price')), true, head.join());
  equal(first, ['18', '95400', '110.0', '105', '5.0']);
  equal([...table.tBodies[0].querySelectorAll('[data-value]')].map((cell) => Number(/** @type {HTMLElement} */ (cell).dataset.value)), [110, 5]);
  const [age, income] = table.querySelectorAll('input');
  equal([age.value, income.value], ['18', '95400']);
  age.value = '59';
  const typed = readOwnRow(table, results);
  near(typed[0], 5, 1e-9);
  near(typed[1], 1, 1e-9);
});

test('results of points that no file has scaled are as they were', () => {
  const { head, first, table, results } = tableOf({ ...SPEC, dataset: 'own_values', own_points: [[-5, 1, 0.25], [7, 7, 7], [8, 8, 8], [9, 9, 9]], own_units: [], own_names: [] });
  equal(head.slice(0, 2), ['x₁', 'x₂']);
  equal(first, ['−5', '1', '0.50', '0.25', '0.25']);
  equal(readOwnRow(table, results), [-5, 1]);
});
