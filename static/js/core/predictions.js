// @ts-check
// Asking what the network says to inputs of the person's own: at a pace the server can take, the newest surely.

const ASKED_EVERY = 200; // milliseconds: five times a second is as fast as bars and digits can be followed
const PATIENCE = 3000; // milliseconds until an answer is given up: a lost connection answers nothing

/**
 * @typedef {object} Prediction
 * @property {number} step
 * @property {number | null} frame  the number of the one whose network was asked, where it was to be a frame's
 * @property {(number | null)[][]} outputs  a row for each row asked for
 * @property {(number | null)[][]} answers  a row for each: probabilities of classes, or plain values
 * @property {(number | null)[] | null} neuron  the value of the place asked for, for each row
 * @property {(number | null)[][] | null} layers  if asked for, the values of each layer's neurons, for the first row
 */
/** @typedef {{with_frame?: boolean, layers?: boolean, layer?: number, neuron?: number}} Details  with_frame: the network of a frame is asked; layers: values of all layers are wanted; a neuron's value is wanted, or with layer −1 a feature's */
/** @typedef {ReturnType<typeof createPredictions>} Predictions */
/**
 * @callback Follow
 * @param {() => number[][] | null} rows  what to ask for; null: nothing now
 * @param {(prediction: Prediction) => void} tell
 * @param {{every?: number, details?: () => Details}} [how]  every: milliseconds between two questions at least
 * @returns {() => void}  to be called whenever the answer may be another
 */

/**
 * @param {(command: {type: 'predict', inputs: number[][], id: number, revision: number | null} & Details) => void} send
 * @param {() => number | null} revision  of the experiment as it is; a question to one before it gets no answer
 */
export function createPredictions(send, revision) {
  /** @type {Map<number, (prediction: Prediction) => void>} */
  const waiting = new Map();
  let newest = 0;

  return {
    /** @param {Prediction & {id: number}} message */
    receive(message) {
      waiting.get(message.id)?.(message);
    },

    /** @type {Follow} */
    follow(rows, tell, { every = ASKED_EVERY, details = () => ({}) } = {}) {
      let timer = 0;
      let askedAt = -Infinity;
      let asked = 0; // the id under way; 0: none
      /** @type {number | null} */
      let askedOf = null;
      let again = false;

      function ask() {
        timer = 0;
        if (asked && askedOf === revision() && performance.now() - askedAt < PATIENCE) {
          again = true;
          return;
        }
        waiting.delete(asked);
        asked = 0;
        const inputs = rows();
        if (!inputs) return;
        asked = ++newest;
        askedAt = performance.now();
        askedOf = revision();
        waiting.set(asked, (prediction) => {
          waiting.delete(asked);
          asked = 0;
          tell(prediction);
          if (again) soon();
          again = false;
        });
        send({ type: 'predict', inputs, id: asked, revision: askedOf, ...details() });
      }
      function soon() {
        timer ||= window.setTimeout(ask, Math.max(0, askedAt + every - performance.now()));
      }
      return soon;
    },
  };
}
