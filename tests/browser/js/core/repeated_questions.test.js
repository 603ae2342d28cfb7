// @ts-check
// Questions that are asked again: one at a time, whoever wants a new answer.
import { createQuestions } from '/static/js/core/repeated_questions.js';
import { createStore } from '/static/js/core/store.js';
import { equal, test } from '/js-tests/harness.js';

/** What was asked, of a run that stands. */
function asking() {
  const store = createStore(/** @type {any} */ ({ connection: 'open', frame: { step: 1, revision: 1 } }));
  let asked = 0;
  const questions = createQuestions(store, 'landscape', () => { asked += 1; });
  const answer = async () => {
    store.set({ landscape: /** @type {any} */ ({ step: 1, revision: 1 }) });
    await Promise.resolve(); // watchers are told in a microtask
  };
  return { store, questions, answer, count: () => asked };
}

let moment = 0;

/** At a moment of its own, later than all that rests. @param {() => unknown} body */
async function later(body) {
  const { now } = performance;
  moment += 1e6;
  performance.now = () => moment;
  try {
    await body();
  } finally {
    performance.now = now;
  }
}

test('a new answer is asked for once the last has come', async () => {
  const { questions, answer, count } = asking();
  await later(questions.begin);
  await later(questions.renew);
  equal(count(), 1, 'while the first waits');
  await later(answer);
  equal(count(), 2, 'when it is answered');
  await later(answer);
  equal(count(), 2, 'a run that stands');
});

test('a changed question is asked though the last has no answer', async () => {
  const { questions, count } = asking();
  await later(questions.begin);
  await later(questions.again);
  equal(count(), 2);
});
