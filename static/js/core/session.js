// @ts-check
// What the server says, into the store: state, history, frames; and what the person has just asked for, before the
// server has answered. `spec` and `state` in the store are as the person set them; a refusal puts the server's back.

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./commands.js').Command} Command */

const WISHED_FOR = 2000; // milliseconds a change shows without the server having said the very same
const HISTORY_GROWTH = 2000; // entries added before the server is asked for its thinned history again

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @param {Store} store
 * @param {(command: Command) => void} ask
 */
export function createSession(store, ask) {
  /** @type {any} */
  let confirmed = null;
  /** @type {Record<string, any>} */
  let wished = {};
  let forgetting = 0;
  let newest = -1; // number of the newest frame since the connection opened
  let grown = 0;

  function show() {
    store.set({ state: confirmed, spec: confirmed && { ...confirmed.spec, ...wished } });
  }

  function forgetWishes() {
    clearTimeout(forgetting);
    wished = {};
    show();
  }

  function grow() {
    grown += 1;
    if (grown === HISTORY_GROWTH) ask({ type: 'history' });
  }

  return {
    /** A new connection numbers its frames anew. */
    opened() {
      newest = -1;
    },

    /** @param {any} message */
    state(message) {
      const { points, pictures = null, samples = null, ...state } = message;
      confirmed = state;
      for (const [name, value] of Object.entries(wished)) {
        if (same(state.spec[name], value)) delete wished[name];
      }
      show();
      if (!points) return; // neither a start nor a new connection: the last picture stands until the next one comes
      store.set({ points, pictures, samples });
      if (store.get('frame')?.revision !== state.revision) store.set({ frame: null });
    },

    /** @param {any} message */
    history({ type, ...history }) {
      grown = 0;
      store.set({ history });
    },

    /** How the layers are; what is of another run is left out. @param {any} message */
    health(message) {
      if (message.revision !== confirmed?.revision) return;
      const [history, branch] = [store.get('history'), store.get('timeline')?.current ?? 0];
      if (history && message.branch === branch && message.step > (history.measured.steps.at(-1) ?? -1)) {
        const { steps, layers } = history.measured;
        steps.push(message.step);
        for (const [name, lines] of Object.entries(layers)) {
          message.layers.forEach((/** @type {any} */ layer, /** @type {number} */ i) => (lines[i] ??= []).push(layer[name]));
        }
        grow();
        store.set({ history: { ...history } });
      }
      store.set({ health: message });
    },

    /** The command was refused and changed nothing. */
    refused: forgetWishes,

    /**
     * Shows a command's effect at once.
     * @param {Command} command
     */
    intend(command) {
      if (!confirmed) return;
      if (command.type === 'configure') {
        wished = { ...wished, ...command.spec };
        clearTimeout(forgetting);
        forgetting = setTimeout(forgetWishes, WISHED_FOR);
        show();
      } else if (command.type === 'play' || command.type === 'pause') {
        store.set({ state: { ...confirmed, playing: command.type === 'play' } });
      }
    },

    /**
     * @param {any} frame  decoded
     * @returns {boolean} whether it was taken; a frame of another revision or an older one is not
     */
    frame(frame) {
      if (frame.revision !== confirmed?.revision || frame.frame <= newest) return false;
      newest = frame.frame;
      const history = store.get('history');
      if (history && frame.step > (history.steps.at(-1) ?? -1)) {
        history.steps.push(frame.step);
        history.train_loss.push(frame.train_loss);
        history.test_loss.push(frame.test_loss);
        frame.gradient_norms.forEach((/** @type {number} */ norm, /** @type {number} */ layer) => (history.gradient_norms[layer] ??= []).push(norm));
        grow();
      }
      store.set({ frame, history: history && { ...history } });
      return true;
    },
  };
}
