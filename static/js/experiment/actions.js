// @ts-check
// What a person does on this page, on its way to the server: refused where it cannot be, and joined by what must change
// along with it.

import { say } from '../core/notices.js';

/** @typedef {import('../core/command_queue.js').Command} Command */

const TRAINS = ['play', 'step', 'epoch'];
const GOES_ON = [...TRAINS, 'configure', 'begin', 'reset', 'regenerate', 'edit', 'go_to_point', 'plant', 'undo', 'redo', 'seek', 'back', 'branch'];
const OTHER_SET_UP = ['configure', 'begin', 'regenerate'];

/**
 * @param {import('../core/store.js').Store} store
 * @param {ReturnType<typeof import('./changes.js').createChanges>} changes
 * @param {import('./address_bar.js').AddressBar} addressBar
 * @param {(command: Command) => void} send
 * @returns {(command: Command) => boolean} whether it was sent
 */
export function createActions(store, changes, addressBar, send) {
  return (command) => {
    const lack = TRAINS.includes(command.type) && store.get('draft')?.lack;
    if (lack) { // it would be trained on other points than those shown
      say(store, 'error', `draw.refused.${lack}`);
      return false;
    }
    if (command.type === 'configure') {
      const spec = changes.complete(command.spec);
      if (spec === null) return false;
      command = { ...command, spec };
    }
    if (command.type === 'begin') changes.replaceAll(command.spec);
    changes.observe(command);
    const message = store.get('message');
    if (GOES_ON.includes(command.type) && message?.kind === 'error' && !message.retry) store.set({ message: null }); // it has been read
    if (OTHER_SET_UP.includes(command.type)) addressBar.clear();
    send(command);
    return true;
  };
}
