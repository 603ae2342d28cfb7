// @ts-check
// Runs beside the one of this page, each a session of its own over a connection of its own: the same experiment but for
// one setting, so the same data, starting weights and batches. They follow: each is asked for just as many steps as
// this page's run has taken, and is never ahead of it.

import { decodeMessagePack } from '../wire/msgpack.js';

const EVERY = 200; // milliseconds between two looks: a few pictures a second of each run are enough for its curve
const MOST_STEPS = 20_000; // asked for at once: seconds' work of a small network
const MOST_ENTRIES = 1500; // of a curve; then every other one goes
const MOST_RIVALS = 7; // eight runs with this page's own

/** @typedef {Record<string, any>} Change  the fields of the Spec in which a rival differs */
/**
 * @typedef {object} Reading  of a run, now
 * @property {number} step
 * @property {number | null} train_loss
 * @property {number | null} test_accuracy
 * @property {number | null} samples  spent on learning
 * @property {number[]} steps  of its curve
 * @property {(number | null)[]} losses
 */
/** @typedef {Reading & {change: Change, refused: {code: string, message: string, values: any} | null, diverged: number | null, stopped: string | null}} Rival */

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @param {import('./store.js').Store} store  `rivals` in it: null, or one Rival each
 * @param {typeof import('./connection.js').connect} connect
 * @param {string} address  of the server's socket
 */
export function createRivals(store, connect, address) {
  /** @type {ReturnType<typeof follow>[]} */
  let runs = [];
  let timer = 0;

  const publish = () => store.set({ rivals: runs.length ? runs.map((run) => ({ ...run.rival })) : null });

  /** @param {Change} change */
  function follow(change) {
    /** @type {Rival} */
    const rival = { change, step: 0, train_loss: null, test_accuracy: null, samples: null, steps: [], losses: [], refused: null, diverged: null, stopped: null };
    let session = '';
    let revision = -1;
    /** @type {any} */
    let spec = null; // the server's
    /** @type {'spec' | 'start' | null} */
    let awaited = null; // what the server has been told and has not confirmed
    let tried = ''; // the Spec last asked for: one that is refused is not asked for twice
    let fresh = true; // is to stand at its start before it takes a step
    let target = 0; // the step it has been asked to reach

    const wanted = () => ({ ...store.get('state')?.spec, ...change });

    /** @param {any} message */
    function receiveState(message) {
      const restarted = message.revision !== revision && message.points;
      ({ session, revision, spec } = message);
      if (restarted) Object.assign(rival, { train_loss: null, steps: [], losses: [] });
      rival.step = target = message.step;
      rival.diverged = message.diverged;
      if (awaited === 'start' ? message.points : awaited === 'spec' && same({ ...spec, ...wanted() }, spec)) awaited = null;
    }

    /** @param {any} message */
    function receiveError(message) {
      rival.refused = message;
      awaited = null;
      target = rival.step;
    }

    /** @param {ArrayBuffer} bytes */
    function receiveFrame(bytes) {
      const frame = decodeMessagePack(bytes);
      connection.sendNow({ type: 'drawn', frame: frame.frame });
      if (frame.revision !== revision) return;
      const { step, train_loss, test_accuracy, samples = null, stopped = null } = frame;
      Object.assign(rival, { step, train_loss, test_accuracy, samples, stopped });
      if (step > (rival.steps.at(-1) ?? -1)) add(rival, step, train_loss);
      if (step > 0) rival.refused = null;
    }

    const connection = connect(() => `${address}${session && `?session=${encodeURIComponent(session)}`}`, {
      opened() {},
      message(message) {
        if (message.type === 'state') receiveState(message);
        else if (message.type === 'error') receiveError(message);
      },
      bytes: receiveFrame,
      lost() {},
      refused(code, message) {
        rival.refused = { code: `close.${code}`, message, values: {} };
      },
    });

    return {
      rival,
      close: () => connection.close(),
      /** Back to the start. */
      restart() {
        fresh = true;
        tried = '';
      },
      look() {
        const frame = store.get('frame');
        if (!spec || awaited || !frame || frame.revision !== store.get('state')?.revision) return;
        const wish = JSON.stringify(wanted());
        if (!same({ ...spec, ...wanted() }, spec)) {
          if (wish === tried) return;
          tried = wish;
          awaited = 'spec';
          connection.send({ type: 'configure', spec: wanted() });
        } else if (frame.step < rival.step || (fresh && rival.step > 0)) {
          awaited = 'start';
          connection.send({ type: 'reset' });
        } else if (frame.step > rival.step && rival.step >= target && rival.diverged === null && !rival.stopped) {
          target = rival.step + Math.min(MOST_STEPS, frame.step - rival.step);
          connection.send({ type: 'step', count: target - rival.step });
          fresh = false;
        }
      },
    };
  }

  function look() {
    for (const run of runs) run.look();
    publish();
  }

  store.watch(['points'], () => runs.forEach((run) => run.restart())); // this page's run stands at a start again

  const stop = () => {
    clearInterval(timer);
    runs.forEach((run) => run.close());
    runs = [];
    publish();
  };

  return {
    most: MOST_RIVALS,
    stop,
    /** @param {Change[]} changes  one for each rival */
    start(changes) {
      stop();
      runs = changes.slice(0, MOST_RIVALS).map(follow);
      timer = window.setInterval(look, EVERY);
      publish();
    },
    /** @param {Change} change */
    add(change) {
      if (runs.length < MOST_RIVALS) runs.push(follow(change));
      publish();
    },
    /** @param {number} index */
    remove(index) {
      runs[index].close();
      runs.splice(index, 1);
      publish();
    },
  };
}

/** @param {Rival} rival @param {number} step @param {number | null} loss */
function add(rival, step, loss) {
  if (rival.steps.length >= MOST_ENTRIES) {
    const kept = (/** @type {unknown} */ _, /** @type {number} */ i) => i % 2 === 0;
    rival.steps = rival.steps.filter(kept);
    rival.losses = rival.losses.filter(kept);
  }
  rival.steps.push(step);
  rival.losses.push(loss);
}
