// @ts-check
// The dialog of points from a file.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { mountPointsUpload } from '/static/js/panels/data/points_upload.js';
import { equal, test } from '/js-tests/harness.js';

const PLAIN = { zero: 0, unit: 1 };
const found = (/** @type {number} */ x1) => ({
  points: [[x1, 0, 1], [1, 1, -1]], kind: 'classes', class_names: ['a', 'b'], notes: [], may_keep: true, encoding: 'utf-8',
  columns: ['x', 'y', 'z'], scale: { x1: PLAIN, x2: PLAIN, label: PLAIN },
  all_columns: ['x', 'y', 'z'].map((name) => ({ name, numeric: true, group: [], values: [], distinct: 2, lowest: 0, highest: 1, texts: [], kind: 'number', first: [] })),
});

const MARKUP = `<p class="file"></p><p class="fault"></p><div class="table"><select data-testid="upload-x1"></select><output></output>
  <select data-testid="upload-x2"></select><output></output><select data-testid="upload-label"></select><output></output>
  <select data-testid="upload-encoding"><option>utf-8</option></select></div><div class="found"><canvas></canvas><p class="count"></p><p class="names"></p>
  <input type="checkbox" data-testid="upload-fill"><ul class="notes"></ul></div><button class="use"></button>`;

test('points are used as they were chosen, not as they were before', async () => {
  const [dialog, opener] = [document.createElement('dialog'), document.createElement('button')];
  dialog.innerHTML = MARKUP;
  document.body.append(dialog, opener);
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  /** @type {number[]} */
  const sent = [];
  /** @type {((answer: Response) => void)[]} */
  const asked = [];
  const { fetch } = window;
  window.fetch = () => new Promise((answer) => { asked.push(answer); });
  const undo = mountPointsUpload(dialog, opener, store, ({ spec }) => sent.push(spec.own_points[0][0]), () => {});
  const use = /** @type {HTMLButtonElement} */ (dialog.querySelector('.use'));
  /** @param {() => boolean} holds */
  const until = async (holds) => { while (!holds()) await new Promise((done) => { setTimeout(done); }); };
  try {
    const picker = /** @type {HTMLInputElement} */ (opener.nextElementSibling);
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x,y,z'], 'points.csv'));
    picker.files = transfer.files;
    picker.dispatchEvent(new Event('change'));
    await until(() => asked.length === 1);
    asked[0](Response.json(found(3)));
    await until(() => dialog.open);
    equal(use.disabled, false);
    /** @type {HTMLElement} */ (dialog.querySelector('[data-testid=upload-fill]')).click();
    await until(() => asked.length === 2);
    use.click();
    equal([use.disabled, sent], [true, []]);
    asked[1](Response.json(found(7)));
    await until(() => !use.disabled);
    use.click();
    equal(sent, [7]);
  } finally {
    window.fetch = fetch;
    undo();
    dialog.remove();
    opener.remove();
  }
});
