// @ts-check
// A change of the experiment before it is sent: what must change along with it, said with a way back; what the perceptron
// rule has set aside. The way back is offered for as long as Undo takes back that very change.

import { conflict, setAside, withCompanions } from './compatibility.js';
import { recall, remember } from '../core/memory.js';
import { say } from '../core/notices.js';

/** @typedef {import('../core/store.js').Store} Store */
/** @typedef {import('../core/commands.js').Command} Command */
/** @typedef {Record<string, any>} Spec */

const ASIDE = 'aside'; // of this tab: a reload within the perceptron's run still knows what comes back
const ELSEWHERE = ['edit', 'undo', 'redo', 'plant', 'regenerate', 'reset', 'branch', 'seek', 'back']; // after these Undo takes back something else

/** @param {Store} store */
export function createChanges(store) {
  /** @type {Spec} the change the message tells of */
  let told = {};
  /** @type {number | null} how many changes can be undone once it has been made */
  let count = null;

  function withdraw() {
    if (store.get('message')?.undo) store.set({ message: null });
  }

  /** Another window may have changed something, too. */
  function check() {
    const [timeline, state] = [store.get('timeline'), store.get('state')];
    if (!store.get('message')?.undo || !timeline || !state) return;
    const made = Object.entries(told).every(([name, value]) => JSON.stringify(state.spec[name]) === JSON.stringify(value));
    if (count === null && made) count = timeline.undo;
    else if (count !== null && (!made || count !== timeline.undo)) withdraw();
  }

  store.watch(['timeline'], check);
  store.watch(['spec'], () => {
    const spec = store.get('spec');
    if (spec && spec.optimizer !== 'perceptron') remember(ASIDE, JSON.stringify(setAside(spec)));
  });

  return {
    /**
     * The whole change, said on the page; null where it cannot be.
     * @param {Spec} asked @returns {Spec | null}
     */
    fitted(asked) {
      const [spec, facts] = [store.get('spec'), store.get('choices')];
      if (!spec) return asked;
      const { change, notes } = withCompanions(spec, asked, facts, JSON.parse(recall(ASIDE) || 'null'));
      const against = conflict({ ...spec, ...change }, facts);
      if (against) {
        say(store, 'error', '', { notes: [against] });
        store.set({ spec: { ...spec } }); // the controls go back
        return null;
      }
      withdraw(); // it told of the change before
      if (notes.length) {
        [told, count] = [change, null];
        say(store, 'notice', '', { notes, undo: true });
      }
      return change;
    },

    /** @param {Command} command */
    follow({ type }) {
      if (ELSEWHERE.includes(type)) withdraw();
    },

    /** A whole set-up has come, and what it replaces was set aside by no rule. @param {Spec} spec */
    replaced(spec) {
      if (spec.optimizer === 'perceptron') remember(ASIDE, '');
    },
  };
}
