// @ts-check
// A whole set-up chosen at once: a fresh run with its bug and pace, and the page as it is at first but for what the set-up
// shows. One Undo brings back what the page showed before, Redo what it showed then; the server does so with the run.

import { FIRST_VIEW } from '../core/state.js';

/** @typedef {import('../core/state.js').View} View */
/** @typedef {{spec: import('../wire/messages.js').SpecChange, bug?: string | null, steps_per_second?: number | null}} SetUp  without a bug where none is named, at the usual pace where none is */
/** @typedef {{depth: number, before: View, after: View}} Start  depth: how many changes could be undone after it */
/** @typedef {ReturnType<typeof createFreshStart>} FreshStart */

/**
 * @param {import('../core/store.js').Store} store
 * @param {(command: import('../core/command_queue.js').Command) => boolean} send
 */
export function createFreshStart(store, send) {
  /** @type {Start[]} */
  let starts = [];
  /** @type {{points: unknown, before: View, after: View} | null} points: of the run before; there are others once it has begun */
  let begun = null;
  let counts = { undo: 0, redo: 0 };

  function follow() {
    const timeline = store.get('timeline');
    if (!timeline) return;
    const last = counts;
    counts = { undo: timeline.undo, redo: timeline.redo };
    if (begun && begun.points !== store.get('points')) {
      const same = starts.find(({ depth }) => depth === counts.undo);
      starts = [...starts.filter(({ depth }) => depth < counts.undo), { depth: counts.undo, before: same?.before ?? begun.before, after: begun.after }];
      begun = null;
    } else if (counts.redo === last.redo + 1) {
      const undone = starts.find(({ depth }) => depth === last.undo);
      if (undone) show(undone.before);
    } else if (counts.redo < last.redo) {
      if (counts.redo === last.redo - 1 && counts.undo === last.undo + 1) showAgain();
      else starts = starts.filter(({ depth }) => depth <= counts.undo);
    }
  }

  /** The change made again, unless it is another one: then what was undone is gone. */
  function showAgain() {
    const again = starts.find(({ depth }) => depth === counts.undo);
    if (!again) return;
    if (store.get('frame') === null || store.get('state')?.step === 0) show(again.after);
    else starts = starts.filter((start) => start !== again);
  }

  /** @param {View} view */
  const show = (view) => store.set({ ...view, began: store.get('began') + 1 });

  store.watch(['timeline'], follow);

  /** @param {SetUp} setUp @param {Partial<View>} view  what it shows */
  return ({ spec, bug = null, ...pace }, view) => {
    const before = /** @type {View} */ (Object.fromEntries(Object.keys(FIRST_VIEW).map((key) => [key, store.get(/** @type {keyof View} */ (key))])));
    const after = { ...FIRST_VIEW, ...view };
    begun = { points: store.get('points'), before, after };
    send({ type: 'begin', spec, bug, ...pace });
    store.set({ drawing: false });
    show(after);
  };
}
