// @ts-check
// Under which settings this page's run has trained: a change made while it trains gives it no other name, but one more.

import { formatCount, t } from '../../core/i18n.js';
import { changeName } from './runs.js';

/** @typedef {import('../../wire/messages.js').Spec} Spec */
/** @typedef {ReturnType<typeof createOwnRun>} OwnRun */

/** @param {import('../../core/store.js').Store} store */
export function createOwnRun(store) {
  /** @type {{step: number, spec: Spec}[]} from which step on it trains under which Spec */
  let stretches = [];
  /** @type {unknown} those of the present run */
  let points = null;

  function follow() {
    const state = store.get('state');
    if (!state) return;
    const kept = points === store.get('points') ? stretches.filter(({ step }) => step < state.step) : [];
    points = store.get('points');
    stretches = [...kept, { step: kept.length ? state.step : 0, spec: state.spec }];
  }

  follow();
  return {
    stop: store.watch(['state', 'points'], follow),

    /** By one field: SGD, or SGD → Muon at 1,200 where that has changed. @param {string} field */
    name(field) {
      const changes = stretches.filter(({ spec }, i) => i === 0 || spec[field] !== stretches[i - 1].spec[field]);
      const names = changes.map(({ spec }) => changeName({ [field]: spec[field] }));
      return names.reduce((before, after, i) => (i ? t('comparison.changed', { before, after, step: formatCount(changes[i].step) }) : after), '');
    },
  };
}
