// @ts-check
import { createStore } from '/static/js/core/store.js';
import { createProgramView } from '/static/js/panels/slow_motion/program_view.js';
import { equal, test } from '/js-tests/harness.js';

const PHASE = /** @type {any} */ ({ name: 'forward', layer: 0 });
const settled = () => new Promise((done) => setTimeout(done));

test('a program is asked for where it is seen, and an older answer does not replace a newer', async () => {
  /** @type {((answer: any) => void)[]} */
  const asked = [];
  const { fetch } = window;
  window.fetch = () => new Promise((answer) => asked.push(answer));
  const answer = (/** @type {string} */ text) => ({ ok: true, json: async () => ({ step: 0, lines: [[text, null]] }) });
  try {
    const store = /** @type {any} */ (createStore({ state: { session: 's', revision: 1 } }));
    const root = Object.assign(document.createElement('div'), { hidden: true });
    const view = createProgramView(root, 'numpy', store);
    view.show(PHASE);
    equal(asked.length, 0, 'asked while another tab is open');
    root.hidden = false;
    view.show(PHASE);
    store.set({ state: { session: 's', revision: 2 } });
    view.show(PHASE);
    asked[1](answer('new'));
    await settled();
    asked[0](answer('old'));
    await settled();
    equal([asked.length, root.textContent], [2, 'new\n']);
  } finally {
    window.fetch = fetch;
  }
});
