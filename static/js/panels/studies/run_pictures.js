// @ts-check
// Small pictures of what runs of a study have learned: asked for when the person rests on one, and kept with it.

/** @typedef {import('../../draw/plane/cards.js').Picture} Picture */
/** @typedef {{spec: import('../../wire/messages.js').Spec, steps: number}} Trained */

const REST = 150; // ms: who only passes asks nothing

/**
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => unknown} send
 * @param {() => void} loaded
 */
export function createRunPictures(store, send, loaded) {
  /** @type {WeakMap<object, Picture | null>} by run */
  const pictures = new WeakMap();
  /** @type {object | null} that is rested on */
  let rested = null;
  /** @type {object | null} the last one that was asked for, by this number */
  let asked = null;
  let number = 0;
  let timer = 0;

  store.watch(['runPicture'], () => {
    const answer = store.get('runPicture');
    if (!asked || answer?.number !== number) return;
    pictures.set(asked, answer.picture ?? null);
    loaded();
  });

  return {
    /**
     * The picture of a run where it is there; else it will be asked for. None where there is none.
     * @param {object | null} run @param {() => Trained} readTrained
     */
    pictureOf(run, readTrained) {
      if (run !== rested) clearTimeout(timer);
      if (run && run !== rested && !pictures.has(run)) {
        timer = window.setTimeout(() => {
          asked = run;
          number += 1;
          const { spec, steps } = readTrained();
          send({ type: 'run_picture', number, fields: spec, steps });
        }, REST);
      }
      rested = run;
      return (run && pictures.get(run)) ?? null;
    },
  };
}
