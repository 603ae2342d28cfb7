// @ts-check
// The drop-down lists of data sets by name: one of all of them beside the thumbnails, one among the settings above the
// network, which stands for this panel where it is hidden.

import { t } from '../../core/i18n.js';
import { shortName } from '../../experiment/choice_options.js';
import { offeredGroups } from './dataset_groups.js';

/**
 * @param {{all: HTMLSelectElement, current: HTMLSelectElement}} lists  all: chosen from and left empty; current: shows the data set of now
 * @param {import('../../core/store.js').Store} store
 * @param {(dataset: string) => boolean} choose
 */
export function createDatasetLists({ all, current }, store, choose) {
  current.onchange = () => {
    if (!choose(current.value)) current.value = store.get('spec')?.dataset ?? '';
  };
  all.onchange = () => {
    choose(all.value);
    all.value = '';
  };

  return {
    make() {
      const groups = offeredGroups(store);
      current.replaceChildren(...groups.map(makeGroup));
      all.replaceChildren(new Option('', ''), ...groups.map(makeGroup));
    },
    /** @param {string} chosen */
    show(chosen) {
      for (const list of [current, all]) {
        for (const option of list.options) option.text = option.value ? shortName(`dataset.${option.value}`) : t('data.all_sets');
        for (const group of list.querySelectorAll('optgroup')) group.label = t(group.dataset.group ?? '');
      }
      current.value = chosen;
    },
  };
}

/** Its words come later. @param {[string, string[]]} group */
function makeGroup([title, names]) {
  const group = document.createElement('optgroup');
  group.dataset.group = title; // not data-t, for a group has its words in `label` and its choices in it
  group.append(...names.map((dataset) => new Option('', dataset)));
  return group;
}
