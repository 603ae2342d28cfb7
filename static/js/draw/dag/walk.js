// @ts-check
// The order in which a graph is walked: forward through every operation, then backward through everything that has a
// gradient. A position is how many steps are done. Pure.

/**
 * @typedef {object} Node  as the server sends it; of a module `values` and `grads` are vectors
 * @property {string} name @property {string} op @property {string[]} inputs
 * @property {number[]} values @property {number[] | null} grads  null: no variable is behind it
 * @property {(number | null)[]} local  slope along each input
 * @property {(number | number[] | null)[]} flows  what goes back along each
 * @property {number[]} [settings]  numbers that stand behind the inputs, such as the slope of a leaky_relu
 * @property {Record<string, {shape: number[], values: any[], grads: any[]}>} [tensors]  a module's parameters, of large ones the first rows and columns
 * @property {Record<string, number[]>} [buffers]  its running statistics
 */
/** @typedef {{pass: 'forward' | 'backward', node: Node}} Step */
/**
 * @typedef {object} Walk
 * @property {Step[]} steps
 * @property {number} turn  the position where forward is done
 */

/** @param {Node[]} nodes in topological order @returns {Walk} */
export function walkOf(nodes) {
  const forward = nodes.filter((node) => node.inputs.length > 0);
  const backward = nodes.filter((node) => node.grads !== null).reverse();
  /** @type {Step[]} */
  const steps = [
    ...forward.map((node) => /** @type {Step} */ ({ pass: 'forward', node })),
    ...backward.map((node) => /** @type {Step} */ ({ pass: 'backward', node })),
  ];
  return { steps, turn: forward.length };
}

/** One step of the forward pass; during the backward pass one step of it is taken back. @param {Walk} walk @param {number} position */
export function goForward(walk, position) {
  if (position > walk.turn) return position - 1;
  return Math.min(position + 1, walk.turn);
}

/** One step of the backward pass; the forward pass is finished first where it is not. @param {Walk} walk @param {number} position */
export function goBackward(walk, position) {
  return Math.min(Math.max(position, walk.turn) + 1, walk.steps.length);
}

/** Names of the nodes whose values, and whose gradients, are known at a position. @param {Walk} walk @param {number} position @param {Node[]} nodes */
export function knownAt(walk, position, nodes) {
  const done = walk.steps.slice(0, position);
  const names = (/** @type {'forward' | 'backward'} */ pass) => done.filter((step) => step.pass === pass).map((step) => step.node.name);
  return {
    values: new Set([...nodes.filter((node) => node.inputs.length === 0).map((node) => node.name), ...names('forward')]),
    grads: new Set(names('backward')),
  };
}

/**
 * What comes back to a node along each edge that leaves it, in the order of the graph.
 * @param {Node[]} nodes @param {string} name
 * @returns {{from: string, slot: number, flow: number | number[]}[]}
 */
export function contributions(nodes, name) {
  return nodes.flatMap((node) =>
    node.inputs.flatMap((input, slot) => {
      const flow = node.flows[slot];
      return input === name && flow !== null ? [{ from: node.name, slot, flow }] : [];
    }));
}
