// @ts-check
// Asks the server for the graph of the expression or of the tab's network, first without and then with the comparison
// with torch, and puts the answer into the store. Of several questions only the last one's answer counts.

import { walkOf } from '../../draw/dag/walk.js';
import { writeAddress } from './address.js';
import { openedNode } from './example_expressions.js';

const PAUSE = 200; // milliseconds without a key before what is typed is sent

/** @typedef {import('./state.js').Answer} Answer */
/** @typedef {import('./state.js').Store} Store */
/** @typedef {import('../../draw/dag/walk.js').Node} Node */
/** @typedef {ReturnType<typeof createGraphSource>} GraphSource */

/**
 * @param {Store} store
 * @param {string} session  of the tab; empty: it has none
 */
export function createGraphSource(store, session) {
  let newest = 0; // number of the last question
  let typing = 0;
  /** What waits for a pause in typing. @type {(() => void) | null} */
  let overdue = null;
  /** @type {Promise<void> | null} */
  let answering = null;

  /** @param {boolean} anew  whether the walk starts over even where the nodes are the same */
  async function ask(anew) {
    const question = ++newest;
    store.set({ check: null, checkFailed: false });
    try {
      const answer = await request(store, session, false);
      if (question !== newest) return;
      if ('code' in answer) {
        if (store.get('view') !== 'expression') store.set({ nodes: [], walk: walkOf([]), position: 0, chosen: null }); // what was drawn is not this network
        store.set({ fault: answer });
        return;
      }
      show(store, answer, anew);
      compare(question).catch(() => {}); // out of reach: the chip goes on saying that it checks
    } catch {
      if (question === newest) store.set({ fault: { code: 'unreachable', values: {} } });
    }
  }

  /** Asks again, for the comparison too: it loads torch where nobody has needed it yet. @param {number} question */
  async function compare(question) {
    const answer = await request(store, session, true);
    if (question === newest) store.set({ check: ('check' in answer && answer.check) || null, checkFailed: 'check_failed' in answer });
  }

  /** @param {{anew?: boolean, soon?: boolean}} [how]  soon: once nothing is typed any more */
  function refresh({ anew = false, soon = false } = {}) {
    clearTimeout(typing);
    overdue = null;
    if (soon) {
      overdue = () => refresh({ anew });
      typing = window.setTimeout(overdue, PAUSE);
    } else {
      answering = ask(anew);
    }
  }

  return {
    refresh,
    /** Once the graph of what is typed has come. */
    async settled() {
      overdue?.();
      await answering;
    },
  };
}

/** @param {Store} store @param {string} session @param {boolean} check @returns {Promise<Answer | import('./state.js').Fault>} */
async function request(store, session, check) {
  const query = `refusals=200&session=${encodeURIComponent(session)}&check=${check ? 'yes' : 'no'}`;
  if (store.get('view') === 'expression') {
    const body = JSON.stringify({ expression: store.get('expression'), values: store.get('given') });
    return (await fetch(`api/graph?${query}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).json();
  }
  return (await fetch(`api/graph/network?point=${store.get('point')}&${query}`)).json();
}

/** @param {Store} store @param {Answer} answer @param {boolean} anew */
function show(store, answer, anew) {
  const view = store.get('view');
  const nodes = nodesOf(answer, view);
  const walk = walkOf(nodes);
  const same = !anew && nodes.map((node) => node.name).join() === store.get('nodes').map((node) => node.name).join();
  store.set({
    answer, nodes, walk,
    fault: nodes.length ? null : answer.refusal ?? null,
    position: same ? Math.min(store.get('position'), walk.steps.length) : 0,
    chosen: same ? store.get('chosen') : view === 'expression' ? openedNode(store.get('expression')) : null,
  });
  writeAddress(store);
}

/** @param {Answer} answer @param {string} view @returns {Node[]} */
function nodesOf({ modules = [], nodes = [], undefined: withoutGradient = [] }, view) {
  if (view === 'modules') return modules.map((module) => ({ ...module, local: module.inputs.map(() => null) }));
  // JSON has no NaN: where there should be a number along an edge and is none, it does not exist.
  const gradients = new Map(nodes.map(({ name, grad }) => [name, withoutGradient.includes(name) ? NaN : grad]));
  return nodes.map((node) => {
    const along = (/** @type {(number | null)[]} */ numbers) => numbers.map((number, slot) => number ?? (gradients.get(node.inputs[slot]) === null ? null : NaN));
    const grad = gradients.get(node.name) ?? null;
    return { ...node, values: [node.value], grads: grad === null ? null : [grad], local: along(node.local), flows: along(/** @type {(number | null)[]} */ (node.flows)) };
  });
}
