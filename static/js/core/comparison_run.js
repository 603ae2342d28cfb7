// @ts-check
// One run beside this page's, a session of its own over a connection of its own: the same experiment but for one setting,
// so the same data, starting weights and batches. It follows: it is asked for just as many steps as this page's run has
// taken, and is never ahead of it.

import { drawnCommand, readHeader } from '../wire/frames.js';

const MOST_STEPS = 20_000; // asked for at once: seconds' work of a small network
const MOST_ENTRIES = 1500; // of a curve; then every other one goes

/** @typedef {import('../wire/messages.js').SpecChange} SpecChange */
/** @typedef {import('./state.js').ComparisonRun} ComparisonRun */

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Follower {
  #store;
  #connection;
  #session = '';
  #revision = -1;
  /** @type {import('../wire/messages.js').Layout | null} */
  #layout = null;
  /** @type {import('../wire/messages.js').Spec | null} the server's */
  #spec = null;
  /** @type {'spec' | 'start' | null} what the server was asked for and has not confirmed */
  #awaited = null;
  #tried = ''; // the Spec last asked for: one that is refused is not asked for twice
  #fresh = true; // is to stand at its start before it takes a step
  #target = 0; // the step it has been asked to reach

  /**
   * @param {import('./store.js').Store} store  of this page's run
   * @param {typeof import('./connection.js').connect} connect
   * @param {string} address  of the server's socket
   * @param {SpecChange} change
   */
  constructor(store, connect, address, change) {
    this.#store = store;
    /** @type {ComparisonRun} */
    this.run = { change, step: 0, train_loss: null, test_accuracy: null, samples: null, steps: [], losses: [], refused: null, diverged: null, stopped: null };
    this.#connection = connect(() => `${address}${this.#session && `?session=${encodeURIComponent(this.#session)}`}`, {
      opened() {},
      message: (message) => {
        if (message.type === 'state') this.#receiveState(message);
        else if (message.type === 'layout') this.#layout = message;
        else if (message.type === 'error') this.#receiveError(message);
      },
      bytes: (bytes) => this.#receiveFrame(readHeader(bytes, this.#layout).readings),
      lost() {},
      refused: (code, message, values) => {
        this.run.refused = { code: `close.${code}`, message, values };
      },
    });
  }

  close() {
    this.#connection.close();
  }

  /** Back to the start. */
  restart() {
    this.#fresh = true;
    this.#tried = '';
  }

  /** Asks for what is missing until it stands where this page's run stands. */
  follow() {
    const frame = this.#store.get('frame');
    if (!this.#spec || this.#awaited || !frame || frame.revision !== this.#store.get('state')?.revision) return;
    const { run } = this;
    if (!this.#hasWantedSpec(this.#spec)) this.#configure();
    else if (frame.step < run.step || (this.#fresh && run.step > 0)) {
      this.#awaited = 'start';
      this.#connection.send({ type: 'reset' });
    } else if (frame.step > run.step && run.step >= this.#target && run.diverged === null && !run.stopped) {
      this.#target = run.step + Math.min(MOST_STEPS, frame.step - run.step);
      this.#connection.send({ type: 'step', count: this.#target - run.step });
      this.#fresh = false;
    }
  }

  #wantedSpec() {
    return { ...this.#store.get('state')?.spec, ...this.run.change };
  }

  /** @param {import('../wire/messages.js').Spec} spec */
  #hasWantedSpec(spec) {
    return same({ ...spec, ...this.#wantedSpec() }, spec);
  }

  #configure() {
    const spec = this.#wantedSpec();
    const asked = JSON.stringify(spec);
    if (asked === this.#tried) return;
    this.#tried = asked;
    this.#awaited = 'spec';
    this.#connection.send({ type: 'configure', spec });
  }

  /** @param {import('../wire/messages.js').StateMessage} message */
  #receiveState(message) {
    const restarted = message.revision !== this.#revision && message.points;
    this.#session = message.session;
    this.#revision = message.revision;
    this.#spec = message.spec;
    if (restarted) Object.assign(this.run, { train_loss: null, steps: [], losses: [] });
    this.run.step = this.#target = message.step;
    this.run.diverged = message.diverged;
    if (this.#awaited === 'start' ? message.points : this.#awaited === 'spec' && this.#hasWantedSpec(message.spec)) this.#awaited = null;
  }

  /** @param {import('../wire/messages.js').Sentence} message */
  #receiveError(message) {
    this.run.refused = message;
    this.#awaited = null;
    this.#target = this.run.step;
  }

  /** @param {import('../wire/frames.js').Readings} readings */
  #receiveFrame({ frame, revision, step, train_loss, test_accuracy, samples, stopped }) {
    this.#connection.sendNow(drawnCommand(frame));
    if (revision !== this.#revision) return;
    Object.assign(this.run, { step, train_loss, test_accuracy, samples, stopped });
    if (step > (this.run.steps.at(-1) ?? -1)) addToCurve(this.run, step, train_loss);
    if (step > 0) this.run.refused = null;
  }
}

/** @param {ComparisonRun} run @param {number} step @param {number | null} loss */
function addToCurve(run, step, loss) {
  if (run.steps.length >= MOST_ENTRIES) {
    const kept = (/** @type {unknown} */ _, /** @type {number} */ i) => i % 2 === 0;
    run.steps = run.steps.filter(kept);
    run.losses = run.losses.filter(kept);
  }
  run.steps.push(step);
  run.losses.push(loss);
}
