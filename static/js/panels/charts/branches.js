// @ts-check
// The branches of a run: what they are called, and whether their pictures are shown side by side.

import { t } from '../../core/i18n.js';

/** @param {number} branch  its number; 0 is the first run */
export const branchName = (branch) => (branch === 0 ? t('timeline.trunk') : t('timeline.branch_name', { number: branch }));

/** In a chip, and at the end of its curve. @param {number} branch */
export const branchMark = (branch) => (branch === 0 ? '●' : String(branch));

/** A comparison of runs stands in the same place and goes first. @param {import('../../core/store.js').Store} store */
export const showsBranchPictures = (store) =>
  store.get('branchPictures') && store.get('comparison') === null && (store.get('timeline')?.branches.length ?? 0) > 1;
