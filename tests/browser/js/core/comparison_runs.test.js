// @ts-check
// Runs beside the page's: what they are asked for, and what is left when they are taken away.

import { createComparisonRuns } from '/static/js/core/comparison_runs.js';
import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { withDifference } from '/static/js/experiment/set_up.js';
import { equal, test } from '/js-tests/harness.js';

const SPEC = { dataset: 'circle', features: ['x1', 'x2'], optimizer: 'sgd', hidden: [8, 8].map((width) => ({ width, residual: false })) };
const STATE = /** @type {any} */ ({ type: 'state', session: 's', revision: 1, step: 0, spec: SPEC, planted: null, engine: 'by_hand', diverged: null });
const CHOICES = /** @type {any} */ ({ datasets: { circle: { plane: true, inputs: 2 } } });

/** A page, and a server that is played here, with one connection for each run. */
function openPage() {
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  store.set({ state: STATE, spec: STATE.spec, choices: CHOICES, frame: /** @type {any} */ ({ revision: 1, step: 0 }) });
  /** @type {{handlers: any, sent: any[]}[]} */
  const connections = [];
  const connect = /** @type {any} */ ((/** @type {any} */ _, /** @type {any} */ handlers) => {
    const connection = { handlers, sent: /** @type {any[]} */ ([]) };
    connections.push(connection);
    return { send: (/** @type {any} */ command) => connection.sent.push(command), sendNow() {}, close() {} };
  });
  const { setInterval } = window;
  let look = () => {};
  window.setInterval = /** @type {any} */ ((/** @type {() => void} */ run) => { look = run; });
  const runs = createComparisonRuns(store, connect, '', withDifference);
  return { store, runs, connections, look: () => look(), close: () => { window.setInterval = setInterval; } };
}

test('a residual link is asked for in the layers that can have it', () => {
  const { runs, connections, look, close } = openPage();
  runs.start([{ aspect: 'residual', value: true }]);
  close();
  connections[0].handlers.message(STATE);
  look();
  const [asked] = connections[0].sent;
  equal([asked.type, asked.spec.hidden.map((/** @type {any} */ layer) => layer.residual)], ['begin', [false, true]]);
});

/** The head of a frame that has no sections. @param {number} revision @param {number} loss */
function frameOf(revision, loss) {
  const view = new DataView(new ArrayBuffer(96));
  [3, revision, 1, 0].forEach((value, i) => view.setUint32(4 * i, value, true));
  view.setFloat32(32, loss, true);
  return view.buffer;
}

test('what a run shows before it is the wanted one is of another experiment, and is not compared', () => {
  const { store, runs, connections, look, close } = openPage();
  runs.start([{ aspect: 'engine', value: 'autograd' }]);
  close();
  const [{ handlers, sent }] = connections;
  const receive = (/** @type {any} */ state, /** @type {number} */ loss) => {
    handlers.message(state);
    handlers.message({ type: 'layout', revision: state.revision, raw_bytes: 0, stop_rules: [] });
    handlers.bytes(frameOf(state.revision, loss));
    look();
    return store.get('comparisonRuns')?.[0].losses;
  };
  equal(receive(STATE, 1.5), []);
  equal([sent[0].type, sent[0].engine], ['begin', 'autograd']);
  equal(receive({ ...STATE, revision: 2, engine: 'autograd', points: [] }, 0.75), [0.75]);
});

test('with the last run that is taken away the comparison ends', () => {
  const { store, runs, close } = openPage();
  store.set({ comparison: 'l2' });
  runs.start([{ aspect: 'l2', value: 0.01 }, { aspect: 'l2', value: 0.1 }]);
  close();
  runs.remove(1);
  equal([store.get('comparison'), store.get('comparisonRuns')?.length], ['l2', 1]);
  runs.remove(0);
  equal([store.get('comparison'), store.get('comparisonRuns')], [null, null]);
});
