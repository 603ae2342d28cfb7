// @ts-check
// The plane as each branch shows it: the run's own as it trains, the others as they ended, which the server is asked for.

/**
 * @typedef {object} BranchPlane
 * @property {number} side
 * @property {Float32Array | null} values  side², row by row
 * @property {number} scale  the largest of |values|
 * @property {{winners: ArrayLike<number>, strength: ArrayLike<number>} | null} classes
 * @property {number | null} test_loss
 */

/**
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {() => void} arrived  the end of a branch has come
 */
export function createBranchEnds(store, send, arrived) {
  /** @type {Map<number, number>} the end that was asked for, by branch */
  const asked = new Map();
  /** @type {Map<number, BranchPlane>} */
  const ended = new Map();

  function forget() {
    asked.clear();
    ended.clear();
  }

  function receive() {
    const peeked = store.get('peeked');
    if (!peeked || !asked.has(peeked.branch)) return; // of a run that is gone
    const values = peeked.values && Float32Array.from(peeked.values, Number);
    const scale = values?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
    const loss = peeked.test_loss;
    ended.set(peeked.branch, { ...peeked, values, scale, test_loss: loss === null ? null : Math.fround(loss) }); // as frames have it
    arrived();
  }

  const stops = [
    store.watch(['peeked'], receive),
    store.watch(['connection'], forget), // answers may have been lost
  ];
  return {
    forget,
    /** Asks for the ends that are not known yet. @param {import('../../wire/messages.js').Timeline} timeline @param {number[]} shown */
    ask({ branches, current }, shown) {
      asked.delete(current); // every frame shows it, and it may end otherwise
      ended.delete(current);
      for (const branch of shown) {
        const { ends } = branches[branch];
        if (branch === current || asked.get(branch) === ends) continue;
        asked.set(branch, ends);
        send({ type: 'peek', branch, step: ends });
      }
    },
    /** @param {number} branch @returns {BranchPlane | null} */
    planeOf(branch) {
      const frame = branch === store.get('timeline')?.current ? store.get('frame') : null;
      if (!frame) return ended.get(branch) ?? null;
      const { side = 0, values = null, scale = 0 } = frame.boundary ?? {};
      return { side, values, scale, classes: frame.classes, test_loss: frame.test_loss };
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}
