// @ts-check
// Slow motion: one training step shown phase by phase, forwards and backwards: the batch, the forward pass layer by layer,
// the loss, the backward pass, the update.

import { createAutoplay } from './autoplay.js';
import { createCodeSheet } from './code_sheet.js';
import { createControls } from './controls.js';
import { phaseId, layerCount } from './phases.js';
import { PhaseStepper } from './phase_stepper.js';

/** @typedef {import('./phase_stepper.js').TracedStep} TracedStep */

/**
 * @param {{controls: HTMLElement, strip: HTMLElement, code: HTMLElement}} parts  empty
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => boolean} send  returns whether it was sent
 * @param {boolean} onWall  another window leads, and this one shows its phase
 * @returns {() => void} undo
 */
export function mountSlowMotion(parts, store, send, onWall) {
  const stepper = new PhaseStepper(store, send, { moved: show, stopped });
  const view = createControls(parts, store, stepper);
  const codeSheet = createCodeSheet(parts.code, view.codeToggle, store, show);
  const autoplay = createAutoplay(view.pace, stepper);
  view.off.onclick = () => {
    stepper.stop();
    view.opener.focus();
  };

  function stopped() {
    view.releaseHeight();
    autoplay.reset();
  }

  function labels() {
    view.labels();
    codeSheet.labels();
    autoplay.labels();
    show();
  }

  function show() {
    codeSheet.setAvailable(stepper.isOn);
    view.show();
    if (stepper.isOn) showPhase(stepper.step, stepper.index);
  }

  /** @param {TracedStep} traced @param {number} index  of its phase */
  function showPhase({ phases, batch, step, sample, code }, index) {
    const phase = phases[index];
    const id = phaseId(phase);
    if (!onWall) store.set({ phase: { ...phase, id, index, step, batch, sample }, lit: { key: `${id} ${step} ${sample}`, points: batch, chosen: batch[sample] } });
    codeSheet.show(phase, layerCount(phases), code[phase.name]);
  }

  labels();
  const press = (/** @type {KeyboardEvent} */ event) => pressArrow(event, stepper);
  document.addEventListener('keydown', press, { capture: true });
  const mirror = () => stepper.mirror(store.get('phase')?.index ?? null);
  if (onWall) mirror();
  else stepper.openForNumbers(); // they may have been switched on before this part came
  const undo = [
    ...(onWall ? [store.watch(['phase', 'opened'], mirror)] : watchRun(store, stepper, show)),
    store.watch(['inspected'], () => store.get('inspected') && codeSheet.close()), // what is opened last stands in front
    store.watch(['language', 'spec'], () => store.get('spec') && labels()),
    () => document.removeEventListener('keydown', press, { capture: true }),
    autoplay.stop,
    () => Object.values(parts).forEach((part) => part.replaceChildren()),
  ];
  return () => undo.forEach((stop) => stop());
}

/** What else happens to the run. @param {import('../../core/store.js').Store} store @param {PhaseStepper} stepper @param {() => void} show */
const watchRun = (store, stepper, show) => [
  store.watch(['opened'], () => stepper.receive()),
  store.watch(['frame', 'state', 'connection'], () => stepper.follow()),
  store.watch(['timeline'], () => stepper.reopenAfterEdit()),
  store.watch(['began'], () => stepper.isActive && stepper.stop()),
  store.watch(['points'], () => stepper.isActive && stepper.open(0)),
  store.watch(['draft'], () => (stepper.cannotTrain && stepper.isActive ? stepper.stop() : show())),
  store.watch(['sample'], () => stepper.isActive && stepper.open(Math.max(stepper.index, 0))),
  store.watch(['frame', 'numbers', 'state', 'sample'], () => stepper.openForNumbers()),
];

/** Arrow keys move by a phase while slow motion is on. @param {KeyboardEvent} event @param {PhaseStepper} stepper */
function pressArrow(event, stepper) {
  if (!stepper.isOn || event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Element)) return;
  if (event.target.closest('dialog, [popover]:not(.message), input, select, textarea')) return;
  if (event.target.matches('.network :is(.seg, .plan) :focus-visible')) return; // there they move the focus
  if (event.key === 'ArrowRight') stepper.forward();
  else if (event.key === 'ArrowLeft') stepper.back();
  else return;
  event.preventDefault();
  event.stopPropagation(); // else the key would also take a whole training step
}
