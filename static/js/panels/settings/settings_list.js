// @ts-check
// The rows of settings in their sections, and which of them a search leaves.

import { t } from '../../core/i18n.js';
import { idleReason } from '../../experiment/compatibility.js';
import { makeRow } from './row.js';
import { SECTIONS } from './sections.js';

/** @typedef {ReturnType<typeof makeRow>} Row */
/** @typedef {{box: HTMLDetailsElement, heading: HTMLElement, name: string, rows: Row[]}} Section */
/** @typedef {import('../../core/schema.js').Field} Field */
/** @typedef {(change: import('../../wire/messages.js').SpecChange) => void} Configure */

/**
 * @param {HTMLElement} root  with an empty list of rows in it
 * @param {HTMLInputElement} search
 * @param {import('../../core/store.js').Store} store
 * @param {Configure} configure
 */
export function createSettingsList(root, search, store, configure) {
  const list = /** @type {HTMLElement} */ (root.querySelector('.settings-rows'));
  const nothing = /** @type {HTMLElement} */ (root.querySelector('.nothing'));
  /** @type {Section[]} */
  let sections = [];

  /** @param {Record<string, Field>} fields */
  function build(fields) {
    sections = SECTIONS.map(([name, names]) => makeSection(name, names, fields, configure));
    list.replaceChildren(...sections.map(({ box }) => box));
    labels();
  }

  function labels() {
    for (const { heading, name, rows } of sections) {
      heading.textContent = t(`settings.section.${name}`);
      for (const row of rows) row.labels();
    }
  }

  /** Shows what the search asks for; without a search, all but other optimizers' settings. */
  function filter() {
    const wanted = search.value.trim().toLowerCase();
    const shown = sections.map((section) => filterSection(section, wanted));
    nothing.hidden = shown.includes(true);
  }

  return {
    labels,
    filter,
    show() {
      const [spec, fields, choices] = [store.get('spec'), store.get('fields'), store.get('choices')];
      if (!spec || !fields) return;
      if (!sections.length) build(fields);
      for (const { rows } of sections) for (const row of rows) row.show({ spec, choices, store }, idleReason(row.name, spec, choices));
      filter();
    },
    /** @param {string} field */
    scrollTo(field) {
      const row = sections.flatMap(({ rows }) => rows).find(({ name }) => name === field);
      const box = row?.row.closest('details');
      if (!row || !box) return;
      box.open = true;
      row.row.scrollIntoView({ block: 'start' });
      row.focus();
    },
  };
}

/** @param {string} name @param {string[]} names  of its fields @param {Record<string, Field>} fields @param {Configure} configure @returns {Section} */
function makeSection(name, names, fields, configure) {
  const box = document.createElement('details');
  box.open = true;
  box.dataset.testid = `section-${name}`;
  box.innerHTML = '<summary><h3></h3></summary>';
  const rows = names.filter((field) => fields[field]).map((field) => makeRow(field, fields[field], (value) => configure({ [field]: value })));
  box.append(...rows.map(({ row }) => row));
  return { box, heading: /** @type {HTMLElement} */ (box.querySelector('h3')), name, rows };
}

/** @param {Section} section @param {string} wanted  in small letters @returns {boolean} whether any row is left */
function filterSection({ box, name, rows }, wanted) {
  for (const { row, searchText } of rows) {
    const ofOtherOptimizer = name === 'optimizer' && row.classList.contains('idle');
    row.hidden = wanted === '' ? ofOtherOptimizer : !searchText().includes(wanted);
  }
  const any = rows.some(({ row }) => !row.hidden);
  box.hidden = !any;
  if (wanted !== '' && any) box.open = true;
  return any;
}
