// @ts-check
// Sentences of the page's own and of the server, for the place that shows them.

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./state.js').Message} Message */

const OF_THE_SERVER = ['restarted', 'warming_up']; // notices that do not end with the run
const RESTART_SHOWN = 2000; // milliseconds

/**
 * One sentence, by its key, so that it follows the language.
 * @param {Store} store @param {Message['kind']} kind @param {string} key @param {Omit<Message, 'kind' | 'key'>} [more]
 */
export const say = (store, kind, key, more = {}) => store.set({ message: { kind, key, ...more } });

/** What the server says of a run, or refuses, is over when the run starts again. @param {Store} store @param {import('../wire/messages.js').Sentence} sentence */
export const showSentence = (store, { type, code, message, values }) =>
  say(store, type, `server.${code}`, { values, text: message, ofRun: !OF_THE_SERVER.includes(code) });

/** @param {Store} store @returns {() => void} a change has started the run again, and its control says so: a word is enough */
export function createRestartNote(store) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    store.set({ restarted: true });
    timer = window.setTimeout(() => store.set({ restarted: false }), RESTART_SHOWN);
  };
}
