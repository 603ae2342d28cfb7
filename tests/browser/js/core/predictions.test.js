// @ts-check
import { createPredictions } from '/static/js/core/predictions.js';
import { assert, equal, test } from '/js-tests/harness.js';

const after = (/** @type {number} */ milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

test('asked for in haste, the network is asked at a pace, one question at a time, the newest surely', async () => {
  /** @type {{inputs: number[][], id: number}[]} */
  const sent = [];
  /** @type {number[]} */
  const told = [];
  let value = 0;
  const predictions = createPredictions((command) => sent.push(command), () => 1);
  const soon = predictions.follow(() => [[value]], ({ answers }) => told.push(Number(answers[0][0])));
  for (value = 1; value < 10; value++) soon();
  await after(30);
  equal(sent.map(({ inputs }) => inputs), [[[10]]]);
  value = 11;
  soon();
  await after(260);
  equal(sent.length, 1, 'questions while one is open');
  predictions.receive({ id: sent[0].id, step: 0, outputs: [], answers: [[sent[0].inputs[0][0]]] });
  await after(40);
  equal(sent.map(({ inputs }) => inputs[0][0]), [10, 11]);
  predictions.receive({ id: sent[0].id, step: 0, outputs: [], answers: [[99]] }); // an answer given before
  predictions.receive({ id: sent[1].id, step: 0, outputs: [], answers: [[11]] });
  equal(told, [10, 11]);
});

test('two who ask are told their own answers, and who has no question asks none', async () => {
  /** @type {{inputs: number[][], id: number}[]} */
  const sent = [];
  /** @type {string[]} */
  const told = [];
  const predictions = createPredictions((command) => sent.push(command), () => 1);
  for (const name of ['a', 'b']) predictions.follow(() => [[name.charCodeAt(0)]], ({ answers }) => told.push(name + answers[0][0]))();
  predictions.follow(() => null, () => told.push('none'))();
  await after(30);
  equal(sent.length, 2);
  assert(sent[0].id !== sent[1].id);
  for (const { id, inputs } of sent.reverse()) predictions.receive({ id, step: 1, outputs: [], answers: inputs });
  equal(told, ['b98', 'a97']);
});

test('where the experiment becomes another one, it is asked at once, though the one before owes an answer', async () => {
  /** @type {{inputs: number[][], id: number, revision: number | null}[]} */
  const sent = [];
  let revision = 1;
  const predictions = createPredictions((command) => sent.push(command), () => revision);
  const soon = predictions.follow(() => [[0]], () => {});
  soon();
  await after(30);
  revision = 2;
  soon();
  await after(260);
  equal(sent.map((command) => command.revision), [1, 2]);
});
