// @ts-check
// Which columns of a file are x1, x2 and the label: a list for each, with what the chosen column is and its first values.

import { t } from '../../core/i18n.js';

/** @typedef {import('./points_file.js').Table} Table */
/** @typedef {import('./points_file.js').Column} Column */

const ROLES = /** @type {const} */ (['x1', 'x2', 'label']);

/**
 * @param {HTMLElement} root  with a select and a place for its preview of each role
 * @param {(chosen: {x1: string, x2: string, label: string}) => void} choose
 */
export function createColumnChoosers(root, choose) {
  const lists = ROLES.map((role) => /** @type {HTMLSelectElement} */ (root.querySelector(`[data-testid=upload-${role}]`)));
  let chosen = ['', '', ''];

  /** @param {number} role @param {string} column */
  function change(role, column) {
    const other = chosen.indexOf(column);
    if (other >= 0) chosen[other] = chosen[role]; // two that change places
    chosen[role] = column;
    const [x1, x2, label] = chosen;
    choose({ x1, x2, label });
  }

  lists.forEach((list, role) => { list.onchange = () => change(role, list.value); });
  return {
    /** @param {Table} table */
    show({ all_columns: columns, columns: now }) {
      chosen = [...now];
      ROLES.forEach((role, place) => {
        const column = columns.find(({ name }) => name === now[place]);
        lists[place].replaceChildren(...columns.filter((each) => isOffered(each, role)).map((each) => {
          const option = new Option(nameOf(each, role), each.name);
          option.disabled = role !== 'label' && !each.numeric;
          return option;
        }));
        lists[place].value = role === 'label' ? column?.group[0] ?? now[place] ?? '' : now[place] ?? '';
        /** @type {HTMLElement} */ (lists[place].nextElementSibling).textContent = column ? previewOf(column) : '';
      });
    },
  };
}

/** Of a one-hot group one stands for all as a label. @param {Column} column @param {string} role */
const isOffered = ({ name, group }, role) => role !== 'label' || !group.length || group[0] === name;

/** @param {Column} column @param {string} role */
const nameOf = ({ name, group }, role) => (role === 'label' && group.length ? group.join(', ') : name);

/** @param {Column} column */
const previewOf = ({ kind, first }) => `${t(`upload.kind.${kind}`)} · ${first.map((cell) => cell || '–').join(', ')}, …`;
