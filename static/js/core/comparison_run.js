// @ts-check
// One run beside this page's, a session of its own over a connection of its own: the same setup but for one difference,
// so the same data, starting weights and batches. It follows: it is asked for just as many steps as this page's run has
// taken, and is never ahead of it.

import { drawnCommand, readHeader } from '../wire/frames.js';

const MOST_STEPS = 20_000; // asked for at once: seconds' work of a small network
const MOST_ENTRIES = 1500; // of a curve; then every other one goes

/** @typedef {import('./state.js').ComparisonRun} ComparisonRun */
/** @typedef {import('./state.js').SetUp} SetUp */

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** What decides what a run does. @param {import('../wire/messages.js').RunState | null} state @returns {SetUp | null} */
export const setUpOf = (state) => state && { spec: state.spec, bug: state.planted, engine: state.engine };

export class Follower {
  #store;
  #connection;
  #wanted;
  #session = '';
  #revision = -1;
  /** @type {import('../wire/messages.js').Layout | null} */
  #layout = null;
  /** @type {SetUp | null} the server's */
  #setUp = null;
  /** @type {'change' | 'start' | null} what the server was asked for and has not confirmed */
  #awaited = null;
  #tried = ''; // the setup last asked for: one that is refused is not asked for twice
  #fresh = true; // is to stand at its start before it takes a step
  #target = 0; // the step it has been asked to reach

  /**
   * @param {import('./store.js').Store} store  of this page's run
   * @param {typeof import('./connection.js').connect} connect
   * @param {string} address  of the server's socket
   * @param {import('./state.js').Difference} difference
   * @param {() => SetUp | null} wanted  this page's setup with the difference
   */
  constructor(store, connect, address, difference, wanted) {
    this.#store = store;
    this.#wanted = wanted;
    /** @type {ComparisonRun} */
    this.run = { session: '', change: difference, step: 0, train_loss: null, test_accuracy: null, samples: null, steps: [], losses: [], refused: null, diverged: null, stopped: null };
    this.#connection = connect(() => `${address}${this.#session && `?session=${encodeURIComponent(this.#session)}`}`, {
      opened() {},
      message: (message) => {
        if (message.type === 'state') this.#receiveState(message);
        else if (message.type === 'layout') this.#layout = message;
        else if (message.type === 'entries') this.#receiveEntries(message);
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
    const wanted = this.#wanted();
    if (!wanted || !this.#setUp || this.#awaited || !frame || frame.revision !== this.#store.get('state')?.revision) return;
    const { run } = this;
    const isOther = !this.#has(wanted);
    if (frame.step < run.step || (this.#fresh && (run.step > 0 || isOther))) this.#begin(wanted);
    else if (isOther) this.#change(wanted);
    else if (frame.step > run.step && run.step >= this.#target && run.diverged === null && !run.stopped) {
      this.#target = run.step + Math.min(MOST_STEPS, frame.step - run.step);
      this.#connection.send({ type: 'step', count: this.#target - run.step });
      this.#fresh = false;
    }
  }

  /** @param {SetUp} wanted */
  #has({ spec, ...wanted }) {
    if (!this.#setUp) return false;
    const { spec: own, ...rest } = this.#setUp;
    return same(rest, wanted) && same({ ...own, ...spec }, own);
  }

  #isAsWanted() {
    const wanted = this.#wanted();
    return wanted !== null && this.#has(wanted);
  }

  /** @param {SetUp} wanted */
  #begin(wanted) {
    this.#ask('start', { type: 'begin', ...wanted });
  }

  /** While it goes on, one thing after the other. @param {SetUp} wanted */
  #change(wanted) {
    if (wanted.bug !== this.#setUp?.bug) this.#ask('change', { type: 'plant', bug: wanted.bug });
    else if (wanted.engine !== this.#setUp?.engine) this.#ask('change', { type: 'engine', name: wanted.engine });
    else this.#ask('change', { type: 'configure', spec: wanted.spec });
  }

  /** @param {'change' | 'start'} awaited @param {import('./command_queue.js').Command} command */
  #ask(awaited, command) {
    const asked = JSON.stringify(command);
    if (asked === this.#tried) {
      if (command.bug) this.run.refused ??= { code: 'bug_has_no_place', message: '', values: { bug: command.bug } }; // a start leaves it out
      return;
    }
    this.#tried = asked;
    this.#awaited = awaited;
    this.#connection.send(command);
  }

  /** @param {import('../wire/messages.js').StateMessage} message */
  #receiveState(message) {
    const restarted = message.revision !== this.#revision && message.points;
    this.#session = this.run.session = message.session;
    this.#revision = message.revision;
    this.#setUp = setUpOf(message);
    if (restarted) Object.assign(this.run, { train_loss: null, steps: [], losses: [] });
    this.run.step = this.#target = message.step;
    this.run.diverged = message.diverged;
    if (this.#awaited !== 'start' || message.points) this.#awaited = null;
    if (this.#isAsWanted()) this.#tried = '';
  }

  /** @param {import('../wire/messages.js').Sentence} message */
  #receiveError(message) {
    this.run.refused = message;
    this.#awaited = null;
    this.#target = this.run.step;
  }

  /** Of steps that no frame has come of. @param {{steps: number[], train_loss: (number | null)[]}} entries */
  #receiveEntries({ steps, train_loss }) {
    steps.forEach((step, i) => addToCurve(this.run, step, train_loss[i]));
  }

  /** @param {import('../wire/frames.js').Readings} readings */
  #receiveFrame({ frame, revision, step, train_loss, test_accuracy, samples, stopped }) {
    this.#connection.sendNow(drawnCommand(frame));
    if (revision !== this.#revision || (this.#fresh && !this.#isAsWanted())) return; // of another experiment: that of a new session, or of the run before
    Object.assign(this.run, { step, train_loss, test_accuracy, samples, stopped });
    addToCurve(this.run, step, train_loss);
    if (step > 0) this.run.refused = null;
  }
}

/** @param {ComparisonRun} run @param {number} step @param {number | null} loss */
function addToCurve(run, step, loss) {
  if (step <= (run.steps.at(-1) ?? -1)) return;
  if (run.steps.length >= MOST_ENTRIES) {
    const kept = (/** @type {unknown} */ _, /** @type {number} */ i) => i % 2 === 0;
    run.steps = run.steps.filter(kept);
    run.losses = run.losses.filter(kept);
  }
  run.steps.push(step);
  run.losses.push(loss);
}
