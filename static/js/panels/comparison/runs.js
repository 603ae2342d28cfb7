// @ts-check
// The runs that are compared, as the table and the chart show them: their readings with a name, and what has become of them.

import { hasText, t } from '../../core/i18n.js';

/** @typedef {import('../../core/state.js').ComparisonRun} ComparisonRun */
/** @typedef {import('../../core/state.js').Reading & {name: string, note: string, title: string}} ComparedRun  note: in a word, title: in a sentence */
/** @typedef {ReturnType<typeof import('../../core/comparison_runs.js').createComparisonRuns>} ComparisonRuns */

/** @param {import('../../wire/messages.js').SpecChange} change  one field and its value */
export function changeName(change) {
  const [[field, value]] = Object.entries(change);
  return hasText(`${field}.${value}`) ? t(`${field}.${value}`) : `${t(`field.${field}`)} ${value}`;
}

/** This page's run first. @param {import('../../core/store.js').Store} store @param {{name: (field: string) => string}} own @returns {ComparedRun[]} */
export function readRuns(store, own) {
  const frame = store.get('frame');
  const history = store.get('history');
  const others = store.get('comparisonRuns') ?? [];
  const [differs] = Object.keys(others[0]?.change ?? { optimizer: '' });
  const present = {
    name: own.name(differs), note: t('comparison.this'), title: '',
    step: frame?.step ?? 0, train_loss: frame?.train_loss ?? null, test_accuracy: frame?.test_accuracy ?? null, samples: frame?.samples ?? null,
    steps: history?.steps ?? [], losses: history?.train_loss ?? [],
  };
  return [present, ...others.map((run) => ({ ...run, name: changeName(run.change), ...endingOf(run) }))];
}

/** @param {ComparisonRun} run */
function endingOf({ refused, diverged, stopped }) {
  if (refused) {
    const key = refused.code.startsWith('close.') ? refused.code : `server.${refused.code}`;
    return { note: t('comparison.refused'), title: hasText(key) ? t(key, refused.values) : refused.message };
  }
  return { note: diverged === null ? (stopped ? t('comparison.stopped') : '') : t('comparison.diverged'), title: '' };
}

/** How a run's line is drawn. @typedef {{color: string, dash: string}} LineLook */
