// @ts-check
// What the network says at a place of the plane: the server is asked, because a cell of a map is a rounded number.

/**
 * @typedef {object} Place
 * @property {number} x1 @property {number} x2
 * @property {{layer: number, neuron: number} | null} neuron  whose value is wanted, with layer −1 a feature's; null: the outputs
 */
/** @typedef {import('../../core/predictions.js').Prediction} Prediction */

const ASKED_EVERY = 15; // milliseconds: about once for each frame
const LATE = 300; // milliseconds from which on a reading of a place that the pointer has left is out of date

/**
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 * @param {() => Place | null} readPlace  null: nowhere
 * @param {() => void} changed  there is something else to show
 */
export function followPlace(store, follow, readPlace, changed) {
  /** @type {{key: string, prediction: Prediction} | null} the newest answer */
  let newest = null;
  /** @type {typeof newest} the newest answer that is of a frame that was shown */
  let current = null;
  let asked = ''; // key of the place in question
  let key = ''; // of the place where the pointer is
  let late = false;
  let timer = 0;
  /** @type {number | undefined} */
  let revision; // of the experiment that has answered

  const ask = follow(() => {
    const place = readPlace();
    asked = keyOf(place);
    return place && [[place.x1, place.x2]];
  }, (prediction) => {
    newest = { key: asked, prediction };
    changed();
  }, { every: ASKED_EVERY, details: () => ({ with_frame: true, ...readPlace()?.neuron }) });

  return {
    /** To be called where the pointer may be at another place, or there is another frame. */
    update() {
      const place = readPlace();
      const moved = keyOf(place) !== key;
      key = keyOf(place);
      if (moved) {
        late = false;
        clearTimeout(timer);
        if (place) timer = window.setTimeout(giveUp, LATE);
      }
      if (place) ask();
    },

    /** The prediction for the place: of the frame that is shown, or the last one that was. Null where there is none. */
    read() {
      if (revision !== store.get('state')?.revision) newest = current = null;
      revision = store.get('state')?.revision;
      if (newest && newest.prediction.frame === store.get('frame')?.frame) current = newest;
      return current?.key === key ? current.prediction : null;
    },

    /** Whether the answer is so late that the place is shown without one. */
    get late() { return late; },

    stop: () => clearTimeout(timer),
  };

  function giveUp() {
    late = true;
    changed();
  }
}

/** @param {Place | null} place */
const keyOf = (place) => (place ? `${place.x1} ${place.x2} ${place.neuron?.layer} ${place.neuron?.neuron}` : '');
