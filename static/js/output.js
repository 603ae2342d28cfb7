// @ts-check
// What the network's output means, as the server has last told it: for everything that draws or reads one.

/** @typedef {import('./store.js').Store} Store */
/**
 * @typedef {object} Output
 * @property {boolean} plane     inputs are points of the plane; else columns of their own
 * @property {{low: number, high: number}} extent  of the plane
 * @property {number} classes    0: targets are values
 * @property {number} outputs    of the network
 * @property {number} unit       values times this are plain numbers
 * @property {boolean} logits
 * @property {number} threshold  above it, one output says the class +1 of two
 */

/** @param {Store} store @returns {Output | null} null before the server has told */
export function readOutput(store) {
  const state = store.get('state');
  if (!state) return null;
  const { kind, spec, outputs = 1, threshold = 0 } = state;
  const values = kind ? kind.targets === 'values' : store.get('datasets')?.[spec.dataset]?.regression === true;
  return {
    plane: kind?.plane ?? true,
    extent: kind ? { low: kind.low, high: kind.high } : { low: -6, high: 6 },
    classes: values ? 0 : state.classes || 2,
    outputs,
    unit: kind?.unit ?? 1,
    logits: spec.loss === 'bce' || spec.loss === 'cross_entropy',
    threshold,
  };
}
