// @ts-check
// The page's address: behind # stand the expression, the values of its variables and a backward of one's own, so that it opens
// the same graph.

import { EXAMPLES } from './example_expressions.js';

/** @typedef {import('./state.js').Store} Store */

/** What the address asks for. @param {Store} store */
export function readAddress(store) {
  const query = new URLSearchParams(location.search);
  const parts = new URLSearchParams(location.hash.slice(1));
  const expression = parts.get('expression');
  if (query.has('session')) store.set({ view: 'scalars', point: Number(query.get('point') ?? 0) });
  if (expression === null) {
    const preset = EXAMPLES[query.get('preset') ?? 'flat'] ?? EXAMPLES.flat;
    store.set({ expression: preset.expression, given: preset.values });
  } else {
    if (parts.has('backward')) store.set({ own: true, backward: parts.get('backward') ?? '', upstream: Number(parts.get('g')) });
    for (const name of ['expression', 'backward', 'g']) parts.delete(name);
    store.set({ expression, given: Object.fromEntries([...parts].map(([name, text]) => [name, Number(text)])) });
  }
}

/** @param {Store} store */
export function writeAddress(store) {
  if (store.get('view') !== 'expression') return;
  const parts = new URLSearchParams({ expression: store.get('expression') });
  for (const [name, value] of Object.entries(store.get('answer')?.values ?? {})) parts.set(name, String(value));
  if (store.get('own')) for (const [name, value] of [['backward', store.get('backward')], ['g', String(store.get('upstream'))]]) parts.set(name, value);
  history.replaceState(null, '', `${location.pathname}${location.search}#${parts}`);
}
