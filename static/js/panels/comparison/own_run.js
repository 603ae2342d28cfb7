// @ts-check
// Under which settings this page's run has trained: a change made while it trains gives it no other name, but one more.

import { t } from '../../core/i18n.js';
import { setUpOf } from '../../core/comparison_run.js';
import { aspectName } from '../../experiment/aspect_name.js';
import { readAspect } from '../../experiment/set_up.js';

/** @typedef {import('../../core/state.js').SetUp} SetUp */
/** @typedef {ReturnType<typeof createOwnRun>} OwnRun */

/** @param {import('../../core/store.js').Store} store */
export function createOwnRun(store) {
  /** @type {{step: number, setUp: SetUp}[]} from which step on it trains under which setup */
  let stretches = [];
  /** @type {unknown} those of the present run */
  let points = null;

  function follow() {
    const state = store.get('state');
    const setUp = setUpOf(state);
    if (!state || !setUp) return;
    const kept = points === store.get('points') ? stretches.filter(({ step }) => step < state.step) : [];
    points = store.get('points');
    stretches = [...kept, { step: kept.length ? state.step : 0, setUp }];
  }

  follow();
  return {
    stop: store.watch(['state', 'points'], follow),

    /** By one aspect: SGD, or SGD → Muon at 1,200 where that has changed. @param {string} aspect */
    name(aspect) {
      const values = stretches.map(({ step, setUp }) => ({ step, value: readAspect(setUp, aspect) }));
      const changes = values.filter(({ value }, i) => i === 0 || value !== values[i - 1].value);
      const names = changes.map(({ value }) => aspectName(aspect, value));
      return names.reduce((before, after, i) => (i ? t('comparison.changed', { before, after, step: changes[i].step }) : after), '');
    },
  };
}
