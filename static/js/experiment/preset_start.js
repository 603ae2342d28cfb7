// @ts-check
// A preset as a fresh run, and what it shows.

/** @param {import('./fresh_start.js').FreshStart} begin @param {import('../wire/messages.js').Preset} preset  an experiment of this page */
export function beginPreset(begin, { name, spec, bug, steps_per_second, race, numbers, inspect, panel }) {
  if (spec) begin({ spec, bug, steps_per_second }, { preset: name, comparison: race, numbers, ...(inspect && { inspected: { kind: inspect, layer: 0, index: 0, source: 0 } }), ...(panel && { panel }), ...(panel === 'results' && { chart: 'layers' }) });
}
