// @ts-check
// A digit drawn by hand on its way through the network: layer after layer gets its values, with dots along the links that lead
// there; afterwards the values stay, and follow the training.

const LAYER_TIME = 900; // milliseconds, as a phase of slow motion

/** @typedef {import('../../core/store.js').Store} Store */

/** @param {Store} store */
export function createDigitFlow(store) {
  let started = 0; // how often a digit has set out
  let reached = Infinity; // the layer that it moves to
  let timer = 0;
  /** @type {number[]} */
  let pixels = [];
  /** @type {(number | null)[][]} */
  let layers = [];

  function show() {
    const activations = Object.fromEntries(layers.slice(0, Math.min(reached, layers.length)).map((values, layer) => [layer, values.map((value) => value ?? 0)]));
    const moving = reached < layers.length ? reached : null;
    store.set({ digitFlow: { key: `${started} ${moving}`, activations: { ...activations, '-1': pixels }, moving } });
  }

  function next() {
    reached += 1;
    show();
    if (reached < layers.length) timer = window.setTimeout(next, LAYER_TIME);
  }

  return {
    /** @param {number[]} picture @param {(number | null)[][]} values  of each layer */
    tell(picture, values) {
      const isNew = picture !== pixels;
      [pixels, layers] = [picture, values];
      if (!isNew) {
        show();
        return;
      }
      clearTimeout(timer);
      started += 1;
      reached = matchMedia('(prefers-reduced-motion: reduce)').matches ? Infinity : -1;
      if (reached < 0) next();
      else show();
    },

    clear() {
      clearTimeout(timer);
      pixels = [];
      if (store.get('digitFlow')) store.set({ digitFlow: null });
    },
  };
}
