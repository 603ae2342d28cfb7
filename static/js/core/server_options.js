// @ts-check
// What the server offers (data sets, presets, choices …), loaded once; asked for again until the server answers.

import { fieldsOf } from './schema.js';

const ASK_AGAIN = 2000; // milliseconds after a failure

/** @typedef {import('../wire/messages.js').SpecSchema} SpecSchema */

/** @param {string} path @returns {Promise<any>} */
async function load(path) {
  for (;;) {
    const answer = await fetch(path).catch(() => null); // the connection says that the server is away
    if (answer?.ok) return answer.json();
    await new Promise((again) => { setTimeout(again, ASK_AGAIN); });
  }
}

/** @returns {Promise<SpecSchema>} */
export const loadSchema = () => load('/api/spec/schema');

/** @param {import('./store.js').Store} store @param {Promise<SpecSchema>} schema */
export function loadServerOptions(store, schema) {
  schema.then((value) => store.set({ schema: value, fields: fieldsOf(value) }));
  load('/api/datasets').then((datasets) => store.set({ datasets }));
  load('/api/presets').then((presets) => store.set({ presets }));
  load('/api/breakages').then((breakages) => store.set({ breakages }));
  load('/api/choices').then((choices) => store.set({ choices }));
  load('/api/features').then((features) => store.set({ features }));
}
