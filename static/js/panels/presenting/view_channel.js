// @ts-check
// What two windows on one run tell each other of what is shown: the window of the desk and those opened on the wall. Of the
// run itself they hear from the server, each for itself.

const CHANNEL = 'playground-wall';

/** What a person looks at, in either window. @type {(keyof State)[]} */
const SHARED = [
  'inspected', 'sample', 'numbers', 'links', 'hovered', 'output', 'testPoints', 'discretize', 'markWrong', 'markPredicted', 'cell', 'digitFlow',
  'lossScale', 'quantity', 'chart', 'panel', 'curve', 'preset', 'broken', 'branchPictures', 'listAt', 'blank', 'theme', 'language',
];
/** What only the desk does: slow motion and the runs that are compared. @type {(keyof State)[]} */
const OF_THE_DESK = ['opened', 'phase', 'lit', 'comparison', 'comparisonRuns'];

/** @typedef {import('../../core/state.js').PageState} State */
/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {Partial<State>} View */
/**
 * @typedef {object} Said
 * @property {'desk' | 'wall'} to
 * @property {string | null} session  whose windows are meant
 * @property {View} [view]      what has changed in it
 * @property {string} [press]   a button of the desk, by its data-testid
 * @property {boolean} [asks]   for all that is shown
 * @property {boolean} [here]   the desk is there, or is there again
 * @property {boolean} [leaves]
 * @property {string} [moved]   the desk has another session from now on
 */

/** @param {'desk' | 'wall'} from @param {() => string | null} session @param {(said: Said) => void} hear */
export function openChannel(from, session, hear) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => { if (data.to === from && data.session === session()) hear(data); };
  return {
    /** @param {Omit<Said, 'to' | 'session'>} said @param {string | null} [of]  another session than that of now */
    say: (said, of = session()) => channel.postMessage({ to: from === 'desk' ? 'wall' : 'desk', session: of, ...said }),
    close: () => channel.close(),
  };
}

/**
 * Tells what changes here, but for what the other window has just told.
 * @param {Store} store @param {'desk' | 'wall'} from @param {(view: View) => void} tell
 */
export function createSharedView(store, from, tell) {
  const keys = from === 'desk' ? [...SHARED, ...OF_THE_DESK] : SHARED;
  /** @returns {View} */
  const read = () => Object.fromEntries(keys.map((key) => [key, store.get(key)]));
  let last = read();

  function tellChanges() {
    const now = read();
    const changed = keys.filter((key) => now[key] !== last[key]);
    last = now;
    if (changed.length) tell(Object.fromEntries(changed.map((key) => [key, now[key]])));
  }

  return {
    read,
    /** @param {View} view */
    take(view) {
      tellChanges();
      store.set(view);
      last = read();
    },
    stop: store.watch(keys, tellChanges),
  };
}
