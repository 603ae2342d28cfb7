// @ts-check
// What the page of the graph knows: the keys of its store, with their types and what they start with.

import { walkOf } from '../../draw/dag/walk.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */
/** @typedef {import('../../draw/dag/walk.js').Walk} Walk */
/** @typedef {import('../../core/store.js').Store<GraphState>} Store */
/** @typedef {{code: string, message?: string, values: Record<string, any>, variables?: Record<string, number>}} Fault  variables: their values, where the expression has none at them */
/** @typedef {{largest: number, node: string, same: boolean}} Compared  largest: difference, over the size of the number or over 1 */
/** @typedef {{torch: Compared, differences: Compared | null, unsure: string[], products: Record<string, {own: number[], library: number[]}>}} Check  of all values and gradients */

/**
 * The server's answer, of /api/graph or /api/graph/network.
 * @typedef {object} Answer
 * @property {Record<string, number>} values  of the variables
 * @property {{kind: string, text: string}[]} [readings]  how the text was read where it could be meant otherwise
 * @property {string[]} [undefined]  names of nodes whose gradient does not exist at these values
 * @property {(Omit<Node, 'values' | 'grads'> & {value: number, grad: number | null})[]} [nodes]
 * @property {Omit<Node, 'local'>[]} [modules]
 * @property {Fault | null} [refusal]
 * @property {Check | null} [check]
 * @property {true} [check_failed]  the process that compares came to harm
 * @property {number} [points]  of the training set
 * @property {number} [step]  of the run
 * @property {string[]} [notes]  keys: what the graph leaves out
 */

/** @typedef {{values: Record<string, number>, upstream: number, own: number | null, torch: number}} WrongPoint  where a gradient is not torch's */
/** @typedef {{name: string, own: number | null, torch: number | null, differences: number | null, right: boolean, wrong: WrongPoint | null}} JudgedInput */
/** @typedef {{judged: JudgedInput[], points: number, values: Record<string, number>}} Judgement  of an operation of one's own, compared at so many points */

/**
 * @typedef {object} GraphKeys
 * @property {'expression' | 'scalars' | 'modules'} view  an expression, or the tab's network
 * @property {string} expression
 * @property {Record<string, number>} given  values of variables as the person set them
 * @property {number} point  of the training set, that goes through the network
 * @property {Answer | null} answer  the last one
 * @property {Node[]} nodes  of what is shown
 * @property {Walk} walk
 * @property {number} position  steps of the walk that are done
 * @property {string | null} chosen  name of the node whose card is open; null: that of the current step
 * @property {Check | null} check
 * @property {boolean} checkFailed  no check came of the last question
 * @property {Fault | null} fault
 * @property {boolean} own  whether the expression is taken for an operation whose backward is typed, too
 * @property {string} backward  of that operation
 * @property {number} upstream  the gradient g that comes back to it
 * @property {Judgement | null} judgement
 * @property {Fault | null} judgementFault
 */
/** @typedef {GraphKeys & import('../../core/state.js').Appearance} GraphState */

/** @param {import('../../core/state.js').Appearance} appearance @returns {GraphState} */
export const startState = (appearance) => ({
  ...appearance,
  view: 'expression', expression: '', given: {}, point: 0, answer: null, nodes: [], walk: walkOf([]), position: 0,
  chosen: null, check: null, checkFailed: false, fault: null,
  own: false, backward: '', upstream: 0.5, judgement: null, judgementFault: null,
});
