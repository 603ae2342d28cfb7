// @ts-check
// A change of the experiment before it is sent: what must change along with it, said on the page with a button that undoes
// it; and what the perceptron rule has replaced. The button stays for as long as Undo takes back that very change.

import { beforePerceptron, withCompanions } from './companions.js';
import { conflict } from './contradictions.js';
import { recall, remember } from '../core/memory.js';
import { say } from '../core/notices.js';

/** @typedef {import('../core/store.js').Store} Store */
/** @typedef {import('../core/command_queue.js').Command} Command */
/** @typedef {import('../wire/messages.js').Spec} Spec */
/** @typedef {import('../wire/messages.js').SpecChange} SpecChange */

const BEFORE_PERCEPTRON = 'aside'; // key in this tab's memory: a reload while the perceptron rule is on still knows what it has replaced
const OTHER_CHANGES = ['begin', 'edit', 'go_to_point', 'undo', 'redo', 'plant', 'regenerate', 'reset', 'branch', 'seek', 'back']; // after these commands Undo takes back something else

/** @param {Store} store */
export function createChanges(store) {
  /** @type {SpecChange} that the message on the page explains */
  let explained = {};
  /** @type {number | null} how many changes can be undone once the explained one has been made; null: it has not */
  let undoCount = null;

  function withdrawMessage() {
    if (store.get('message')?.undo) store.set({ message: null });
  }

  /** Another window may have changed something, too. */
  function checkMessage() {
    const [timeline, state] = [store.get('timeline'), store.get('state')];
    if (!store.get('message')?.undo || !timeline || !state) return;
    const isMade = Object.entries(explained).every(([name, value]) => JSON.stringify(state.spec[name]) === JSON.stringify(value));
    if (undoCount === null && isMade) undoCount = timeline.undo;
    else if (undoCount !== null && (!isMade || undoCount !== timeline.undo)) withdrawMessage();
  }

  store.watch(['timeline'], checkMessage);
  store.watch(['spec'], () => {
    const spec = store.get('spec');
    if (spec && spec.optimizer !== 'perceptron') remember(BEFORE_PERCEPTRON, JSON.stringify(beforePerceptron(spec)));
  });

  return {
    /**
     * The change with its companions, explained on the page; null where it contradicts itself or the rest.
     * @param {SpecChange} asked @returns {SpecChange | null}
     */
    complete(asked) {
      const [spec, choices] = [store.get('spec'), store.get('choices')];
      if (!spec) return asked;
      const { change, notes } = withCompanions(spec, asked, choices, JSON.parse(recall(BEFORE_PERCEPTRON) || 'null'));
      const contradiction = conflict(/** @type {Spec} */ ({ ...spec, ...change }), choices);
      if (contradiction) {
        say(store, 'error', '', { notes: [contradiction] });
        store.set({ spec: { ...spec } }); // the controls go back
        return null;
      }
      withdrawMessage(); // it explained the change before
      if (notes.length) {
        [explained, undoCount] = [change, null];
        say(store, 'notice', '', { notes, undo: true });
      }
      return change;
    },

    /** @param {Command} command  that is about to be sent */
    observe({ type }) {
      if (OTHER_CHANGES.includes(type)) withdrawMessage();
    },

    /** A whole experiment has replaced the present one, so nothing is to be put back after its perceptron rule. @param {SpecChange} spec */
    replaceAll(spec) {
      if (spec.optimizer === 'perceptron') remember(BEFORE_PERCEPTRON, '');
    },
  };
}
