// @ts-check
// A whole setup chosen at once: a fresh run with its bug and pace, and the page as it is at first but for what the setup
// shows. One Undo brings back what the page showed before, Redo what it showed then; the server does so with the run.

import { FIRST_VIEW } from '../core/state.js';

/** @typedef {import('../core/state.js').View} View */
/** @typedef {import('../core/command_queue.js').Command} Command */
/** @typedef {{spec: import('../wire/messages.js').SpecChange, bug?: string | null, engine?: string | null, steps_per_second?: number | null}} SetUp  without a bug where none is named; at the usual pace and by the usual engine where none is */
/** @typedef {ReturnType<typeof createFreshStart>} FreshStart */

/**
 * @param {import('../core/store.js').Store} store
 * @param {(command: Command) => unknown} send
 */
export function createFreshStart(store, send) {
  /** @type {Map<number, {before: View, after: View}>} by the number of the change that it is */
  const starts = new Map();
  /** @type {{points: unknown, before: View, after: View} | null} points: of the run before; there are others once it has begun */
  let begun = null;
  /** @type {{undo: number | null, redo: number | null}} numbers of the changes that come next */
  let next = { undo: null, redo: null };
  let newest = 0; // number of a change; later ones are higher

  function follow() {
    const timeline = store.get('timeline');
    if (!timeline) return;
    const last = next;
    next = { undo: timeline.undo_number, redo: timeline.redo_number };
    if (begun && begun.points !== store.get('points')) {
      keep(begun);
      begun = null;
    } else if (next.redo !== null && next.redo === last.undo) {
      show(starts.get(next.redo)?.before);
    } else if (next.undo !== null && next.undo === last.redo) {
      show(starts.get(next.undo)?.after);
    }
    newest = Math.max(newest, next.undo ?? 0, next.redo ?? 0);
  }

  /** The same setup chosen again is no other change. @param {{before: View, after: View}} start */
  function keep({ before, after }) {
    if (next.undo === null) return;
    if (next.undo > newest) starts.set(next.undo, { before, after });
    else if (starts.has(next.undo)) starts.set(next.undo, { before: starts.get(next.undo)?.before ?? before, after });
  }

  /** @param {View | undefined} view */
  const show = (view) => { if (view) store.set({ ...view, began: store.get('began') + 1 }); };

  /** The server refused it: the page shows what it showed before. */
  function restore() {
    const message = store.get('message');
    if (!begun || message?.kind !== 'error' || message.retry) return; // retry: it has not answered
    show(begun.before);
    begun = null;
  }

  follow();
  store.watch(['timeline'], follow);
  store.watch(['message'], restore);

  /** @param {SetUp} setUp @param {Partial<View>} view  what it shows @param {(command: Command) => unknown} [deliver]  another way to the server */
  return ({ spec, bug = null, ...others }, view, deliver = send) => {
    const before = /** @type {View} */ (Object.fromEntries(Object.keys(FIRST_VIEW).map((key) => [key, store.get(/** @type {keyof View} */ (key))])));
    const after = { ...FIRST_VIEW, ...view };
    begun = { points: store.get('points'), before, after };
    deliver({ type: 'begin', spec, bug, ...others });
    store.set({ drawing: false });
    show(after);
  };
}
