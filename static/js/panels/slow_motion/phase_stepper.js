// @ts-check
// Which phase of a training step slow motion shows, and the commands that lead from phase to phase. The numbers are those
// of the coming step: its update is taken when its phase is reached, and undone when that phase is left backwards.

const COMMAND_TIMEOUT = 5000; // milliseconds in which frames may still be older than a command sent from here
const OFF = -1;

/** @typedef {import('../../wire/messages.js').OpenedStep} TracedStep */
/** @typedef {import('../../core/command_queue.js').Command} Command */

export class PhaseStepper {
  index = OFF;
  /** @type {import('../../wire/messages.js').Spec | null} of the run when the step was opened */
  spec = null;
  /** @type {number | 'last' | null} the phase to show when the requested step arrives; null: none is requested */
  #target = null;
  #frameArrived = true; // since the last command sent from here
  #lastCommandAt = -Infinity;
  /** @type {(() => void) | null} made while a step was requested */
  #queuedMove = null;
  #store;
  #send;
  #listener;

  /**
   * @param {import('../../core/store.js').Store} store
   * @param {(command: Command) => boolean} send  returns whether it was sent
   * @param {{moved: () => void, stopped: () => void}} listener  stopped: before the `moved` that shows it
   */
  constructor(store, send, listener) {
    this.#store = store;
    this.#send = send;
    this.#listener = listener;
  }

  get isOn() {
    return this.index >= 0;
  }

  /** Whether slow motion is on, or a step is requested for it. */
  get isActive() {
    return this.isOn || this.#target !== null;
  }

  /** The traced step, of which `index` is a phase; there is one while slow motion is on. */
  get step() {
    return /** @type {TracedStep} */ (this.#store.get('opened'));
  }

  /** Whether a person's own points cannot be trained on yet. */
  get cannotTrain() {
    return Boolean(this.#store.get('draft')?.lack);
  }

  get isAtStart() {
    return this.index === 0 && (this.step.step <= 1 || this.cannotTrain);
  }

  get #lastIndex() {
    return this.step.phases.length - 1;
  }

  get #isUpdated() {
    return this.isOn && this.step.phases[this.index].name === 'update';
  }

  /** The step at which the run stands while this phase is shown. */
  get #stepOfRun() {
    return this.step.step - (this.#isUpdated ? 0 : 1);
  }

  get #sample() {
    return this.#store.get('sample');
  }

  /** Requests the coming step. @param {number | 'last'} target  the phase to show then */
  open(target) {
    this.#target = target;
    this.#awaitFrame();
    if (this.#store.get('state')?.playing) this.#send({ type: 'pause' });
    this.#send({ type: 'open', sample: this.#sample });
  }

  forward() {
    if (this.#target !== null) this.#queuedMove = () => this.forward();
    else if (!this.isOn || this.index === this.#lastIndex) {
      this.open(0);
    } else if (this.step.phases[this.index + 1].name === 'update' && !this.#command({ type: 'step', count: 1 })) {
      this.stop();
    } else {
      this.index += 1;
      this.#listener.moved();
    }
  }

  back() {
    if (this.#target !== null) this.#queuedMove = () => this.back();
    else if (this.index > 0) {
      if (this.#isUpdated) this.#command({ type: 'back', steps: 1 });
      this.index -= 1;
      this.#listener.moved();
    } else if (!this.isOn) {
      this.open(0);
    } else if (this.step.step > 1 && !this.cannotTrain) { // the update of the step before
      this.#command({ type: 'back', steps: 1 });
      this.open('last');
      this.#command({ type: 'step', count: 1 });
    }
  }

  stop() {
    this.index = OFF;
    this.#target = null;
    this.#queuedMove = null;
    this.#listener.stopped();
    this.#store.set({ phase: null, lit: null });
    this.#listener.moved();
  }

  /** The phase that another window shows, of the step that it has opened. @param {number | null} index */
  mirror(index) {
    this.spec = this.#store.get('state')?.spec ?? null;
    const wasOn = this.isOn;
    this.index = index !== null && this.step ? Math.min(index, this.#lastIndex) : OFF;
    if (wasOn && !this.isOn) this.#listener.stopped();
    this.#listener.moved();
  }

  /** The requested step has arrived. */
  receive() {
    this.spec = this.#store.get('state')?.spec ?? null;
    if (this.#target === null || !this.step) return;
    this.index = this.#target === 'last' ? this.#lastIndex : Math.min(this.#target, this.#lastIndex);
    this.#target = null;
    this.#frameArrived = this.#store.get('frame')?.step === this.#stepOfRun;
    this.#listener.moved();
    const move = this.#queuedMove;
    this.#queuedMove = null;
    move?.();
  }

  /** Opens another step where the run has gone elsewhere by other commands than those from here. */
  follow() {
    const frame = this.#store.get('frame');
    if (!this.isOn || this.#target !== null) return;
    if (this.#store.get('state')?.playing || this.#store.get('connection') !== 'open') {
      this.stop();
      return;
    }
    if (frame?.step === this.#stepOfRun) this.#frameArrived = true;
    else if (frame && (this.#frameArrived || performance.now() > this.#lastCommandAt + COMMAND_TIMEOUT)) this.open(0);
  }

  /** A parameter was edited by hand: the coming step is another one. */
  reopenAfterEdit() {
    if (this.isOn && this.#target === null && this.#frameArrived) this.open(this.#isUpdated ? 0 : this.index);
  }

  /** While the run is paused and numbers are shown: every neuron's activation in the coming step. */
  openForNumbers() {
    const store = this.#store;
    if (!store.get('numbers') || this.isActive || !store.get('frame') || store.get('state')?.playing) return;
    this.#send({ type: 'open', sample: this.#sample });
  }

  /** @param {Command} command @returns {boolean} whether it was sent */
  #command(command) {
    const sent = this.#send(command);
    if (sent) this.#awaitFrame();
    return sent;
  }

  #awaitFrame() {
    this.#lastCommandAt = performance.now();
    this.#frameArrived = false;
  }
}
