// @ts-check
// What the server offers (data sets, presets, choices …), one document that is asked for until the server answers.

import { fieldsOf } from './schema.js';

const PATH = 'api/options';
const ASK_AGAIN = 2000; // milliseconds after a failure

/** @typedef {import('./state.js').Offered} Offered */
/** @typedef {{[Part in Exclude<keyof Offered, 'fields'>]: NonNullable<Offered[Part]>}} ServerOptions */

/** @returns {Promise<ServerOptions>} */
export async function loadServerOptions() {
  for (;;) {
    const answer = await fetch(PATH).catch(() => null); // the connection says that the server is away
    if (answer?.ok) return answer.json();
    await new Promise((again) => { setTimeout(again, ASK_AGAIN); });
  }
}

/** @param {import('./store.js').Store} store @param {ServerOptions} options */
export const keepServerOptions = (store, options) => store.set({ ...options, fields: fieldsOf(options.schema) });
