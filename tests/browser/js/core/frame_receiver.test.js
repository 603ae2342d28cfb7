// Frames of the golden kind with other numbers, one after the other.
import { createFrameReceiver } from '/static/js/core/frame_receiver.js';
import { equal, test } from '/js-tests/harness.js';

const golden = await (await fetch('/js-tests/golden/frame.bin')).arrayBuffer();
const layout = await (await fetch('/js-tests/golden/frame.layout.json')).json();

/** @param {number} number @param {number} [version] */
function frame(number, version = 3) {
  const bytes = golden.slice(0);
  const view = new DataView(bytes);
  view.setUint32(0, version, true);
  view.setUint32(8, number, true);
  return bytes;
}

/** A receiver and what comes of what it is given. @param {{takes?: (number: number) => boolean, hidden?: boolean}} [how] */
function receiver({ takes = () => true } = {}) {
  /** @type {number[]} */
  const [shown, acknowledged, skipped] = [[], [], []];
  /** @type {string[]} */
  const said = [];
  const store = { set: ({ message }) => said.push(message.text), get: () => null, watch: () => () => {} };
  const session = {
    receiveFrame: (/** @type {{frame: number}} */ { frame }) => { shown.push(frame); return takes(frame); },
    receiveSkippedFrame: (/** @type {{frame: number}} */ { frame }) => { skipped.push(frame); },
  };
  const frames = createFrameReceiver(/** @type {any} */ (store), session, (number) => acknowledged.push(number));
  frames.connectionOpened();
  frames.receiveLayout(layout);
  return { frames, shown, acknowledged, skipped, said };
}

/** @param {() => boolean} holds */
async function until(holds) {
  while (!holds()) await new Promise(requestAnimationFrame);
}

/** @param {boolean} hidden */
function hide(hidden) {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
}

test('each frame is shown and acknowledged, in order', async () => {
  const { frames, shown, acknowledged } = receiver();
  for (const number of [1, 2, 3]) {
    frames.receive(frame(number));
    await until(() => shown.includes(number));
  }
  await until(() => acknowledged.length === 3);
  equal([shown, acknowledged], [[1, 2, 3], [1, 2, 3]]);
});

test('of those that come while one is painted the newest wins, and the others leave their readings', async () => {
  const { frames, shown, skipped } = receiver();
  for (const number of [1, 2, 3, 4]) frames.receive(frame(number));
  await until(() => shown.includes(4));
  equal([shown, skipped], [[1, 4], [2, 3]]);
});

test('a frame belongs to the layout that was told before it', async () => {
  const { frames, shown, said } = receiver();
  frames.receive(frame(1));
  frames.receiveLayout({ ...layout, revision: layout.revision + 1 });
  await until(() => shown.length === 1);
  frames.receive(frame(2));
  await until(() => said.length === 1);
  equal([shown, /of revision 3 and the layout of revision 4/.test(said[0])], [[1], true]);
});

test('what comes after a frame waits until it is shown, and comes before the next one', async () => {
  const { frames, shown } = receiver();
  /** @type {string[]} */
  const done = [];
  const note = (/** @type {string} */ name) => frames.inOrder(() => done.push(`${name} after ${shown.join()}`));
  note('a');
  frames.receive(frame(1));
  note('b');
  frames.receive(frame(2)); // is not shown: the third comes before it is decoded
  note('c');
  frames.receive(frame(3));
  note('d');
  equal(done, ['a after ']);
  await until(() => done.length === 4);
  equal(done, ['a after ', 'b after 1', 'c after 1', 'd after 1,3']);
});

test('one that came while another is painted is decoded by then', async () => {
  const { frames, shown } = receiver();
  frames.receive(frame(1));
  frames.receive(frame(2));
  await until(() => shown.includes(1));
  const DecompressionStream = globalThis.DecompressionStream;
  globalThis.DecompressionStream = /** @type {any} */ (class { constructor() { throw new Error('decoded too late'); } });
  await until(() => shown.includes(2));
  globalThis.DecompressionStream = DecompressionStream;
  equal(shown, [1, 2]);
});

test('one that is not taken is acknowledged all the same', async () => {
  const { frames, acknowledged } = receiver({ takes: () => false });
  frames.receive(frame(7));
  await until(() => acknowledged.length > 0);
  equal(acknowledged, [7]);
});

test('what cannot be read is said, not acknowledged, and the next one is shown', async () => {
  const { frames, shown, acknowledged, said } = receiver();
  frames.receive(frame(1, 2));
  await until(() => said.length > 0);
  frames.receive(frame(2));
  await until(() => acknowledged.length > 0);
  equal([shown, acknowledged, /version 3 .* version 2; reload the page/.test(said[0])], [[2], [2], true]);
});

test('nothing that came over an earlier connection is shown or acknowledged', async () => {
  const { frames, shown, acknowledged, said } = receiver();
  frames.receive(frame(1));
  frames.receive(frame(2));
  frames.connectionOpened();
  frames.receive(frame(3)); // without the layout of this connection
  await until(() => said.length > 0);
  equal([shown, acknowledged, /without the layout/.test(said[0])], [[], [], true]);
});

test('a hidden tab decodes nothing, and later the newest', async () => {
  const { frames, shown } = receiver();
  try {
    hide(true);
    frames.receive(frame(1));
    frames.receive(frame(2));
    let done = false;
    frames.inOrder(() => (done = true));
    await new Promise((over) => setTimeout(over, 0));
    equal([shown, done], [[], true]);
  } finally {
    hide(false);
  }
  frames.shown();
  await until(() => shown.length > 0);
  equal(shown, [2]);
});

test('after two slow paintings in a row it rests as long, after one it does not', async () => {
  const waits = /** @type {number[]} */ ([]); // milliseconds
  const { setTimeout } = window;
  window.setTimeout = /** @type {any} */ ((/** @type {() => void} */ run, /** @type {number} */ wait = 0) => {
    if (wait) waits.push(wait);
    return setTimeout(run, wait);
  });
  let painted = 0;
  const { frames, shown } = receiver({
    takes: () => {
      requestAnimationFrame(() => {
        const end = performance.now() + 40;
        while (performance.now() < end);
        painted += 1;
      });
      return true;
    },
  });
  for (const number of [1, 2]) {
    equal(waits, []);
    frames.receive(frame(number));
    await until(() => painted === number);
  }
  frames.receive(frame(3));
  await until(() => shown.length === 3);
  window.setTimeout = setTimeout;
  equal([waits.length, waits[0] >= 40], [1, true]);
});
