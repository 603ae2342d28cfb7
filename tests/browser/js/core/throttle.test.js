// Numbers of a run that plays, and of one that does not.
import { createStore } from '/static/js/core/store.js';
import { NUMBERS_EVERY, watchNumbers } from '/static/js/core/throttle.js';
import { equal, test } from '/js-tests/harness.js';

/** What is shown of the frames of such a run. @param {boolean} playing */
function watched(playing) {
  const store = createStore(/** @type {any} */ ({ frame: 0, state: { playing } }));
  /** @type {[number, number][]} */
  const shown = [];
  const stop = watchNumbers(store, () => shown.push([store.get('frame'), performance.now()]));
  const frame = async (/** @type {any} */ number) => {
    store.set({ frame: number });
    await Promise.resolve(); // watchers are told in a microtask
  };
  return { store, shown, stop, frame, numbers: () => shown.map(([number]) => number) };
}

/** At one moment, however busy the machine is. @param {() => Promise<void>} body */
async function atOnce(body) {
  const { now } = performance;
  const moment = performance.now();
  performance.now = () => moment;
  try {
    await body();
  } finally {
    performance.now = now;
  }
}

const later = () => new Promise((over) => { setTimeout(over, 2 * NUMBERS_EVERY); });

test('while it plays the first and the newest are shown, and rest in between', async () => {
  const { shown, frame, numbers } = watched(true);
  await atOnce(async () => { for (const number of [1, 2, 3]) await frame(number); });
  equal(numbers(), [1]);
  await later();
  equal(numbers(), [1, 3]);
  equal(shown[1][1] - shown[0][1] >= NUMBERS_EVERY - 2, true);
});

test('where it does not play each is shown at once', async () => {
  const { frame, numbers } = watched(false);
  for (const number of [1, 2, 3]) await frame(number);
  equal(numbers(), [1, 2, 3]);
});

test('a change of state shows the newest at once, and nothing after it', async () => {
  const { store, frame, numbers } = watched(true);
  await atOnce(async () => { for (const number of [1, 2]) await frame(number); });
  store.set({ state: /** @type {any} */ ({ playing: false }) });
  await Promise.resolve();
  equal(numbers(), [1, 2]);
  await later();
  equal(numbers(), [1, 2]);
});

test('undone, it shows no more', async () => {
  const { frame, stop, numbers } = watched(true);
  await atOnce(async () => { for (const number of [1, 2]) await frame(number); });
  stop();
  await later();
  equal(numbers(), [1]);
});
