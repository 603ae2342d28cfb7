// @ts-check
// The runs that are compared, as the table and the chart show them: their readings with a name, and what has become of them.

import { largestDifference } from '../../draw/base/curve_difference.js';
import { hasText, t } from '../../core/i18n.js';
import { aspectName } from '../../experiment/aspect_name.js';
import { reasonText } from '../../experiment/choice_options.js';

/** @typedef {import('../../core/state.js').ComparisonRun} ComparisonRun */
/** @typedef {import('../../core/state.js').Reading & {name: string, note: string, title: string, difference: import('../../draw/base/curve_difference.js').CurveDifference | null}} ComparedRun  note: in a word, title: in a sentence; difference: from this page's run, where both should be the same */
/** @typedef {ReturnType<typeof import('../../core/comparison_runs.js').createComparisonRuns>} ComparisonRuns */

/** This page's run first. @param {import('../../core/store.js').Store} store @param {{name: (aspect: string) => string}} own @returns {ComparedRun[]} */
export function readRuns(store, own) {
  const frame = store.get('frame');
  const history = store.get('history');
  const others = store.get('comparisonRuns') ?? [];
  const aspect = others[0]?.change.aspect ?? 'optimizer';
  const present = {
    name: own.name(aspect), note: t('comparison.this'), title: '', difference: null,
    step: frame?.step ?? 0, train_loss: frame?.train_loss ?? null, test_accuracy: frame?.test_accuracy ?? null, samples: frame?.samples ?? null,
    steps: history?.steps ?? [], losses: history?.train_loss ?? [],
  };
  const same = isSame(others);
  return [present, ...others.map((run) => ({
    ...run, ...endingOf(run), name: aspectName(run.change.aspect, run.change.value), difference: same ? largestDifference(present, run) : null,
  }))];
}

/** Whether these runs should have the very losses of this page's. @param {ComparisonRun[] | null} others */
export const isSame = (others) => others?.length !== 0 && others?.every(({ change }) => change.aspect === 'engine') === true;

/** @param {ComparisonRun} run */
function endingOf({ refused, diverged, stopped }) {
  if (refused) {
    const key = refused.code.startsWith('close.') ? refused.code : `server.${refused.code}`;
    return { note: t('comparison.refused'), title: hasText(key) ? reasonText({ key, values: refused.values }) : refused.message };
  }
  return { note: diverged === null ? (stopped ? t('comparison.stopped') : '') : t('comparison.diverged'), title: '' };
}

/** How a run's line is drawn. @typedef {{color: string, dash: string}} LineLook */
