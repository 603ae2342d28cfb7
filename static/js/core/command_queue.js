// @ts-check
// The way of commands from the views to the server. Views send as often as they like; a dragged slider reaches the
// server at most eight times a second, its last value surely.

const CONFIGURE_EVERY = 125; // milliseconds: a slider feels live and the server restarts a run no more often

/** @typedef {{type: string, [field: string]: any}} Command */

/**
 * @param {(command: Command) => void} deliver
 * @returns {(command: Command) => void}
 */
export function createCommandQueue(deliver) {
  /** @type {Record<string, unknown> | null} */
  let waiting = null;
  let timer = 0;
  let last = -Infinity;

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!waiting) return;
    const spec = waiting;
    waiting = null;
    last = performance.now();
    deliver({ type: 'configure', spec });
  }

  return (command) => {
    if (command.type !== 'configure') {
      flush(); // what comes after a change acts on the changed experiment
      deliver(command);
      return;
    }
    waiting = { ...waiting, ...command.spec };
    const wait = last + CONFIGURE_EVERY - performance.now();
    if (wait <= 0) flush();
    else timer ||= setTimeout(flush, wait);
  };
}
