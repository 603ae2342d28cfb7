// @ts-check
// The server's explanation of a subject, and whether the one at hand is of what is looked at now.

import { idOf, isOfSample } from './subjects.js';

/** @typedef {import('../../wire/messages.js').Subject} Subject */
/** @typedef {import('../../wire/messages.js').Explanation} Explanation */

/**
 * The newest, if it is of the inspected subject, and in slow motion of that step and sample.
 * @param {import('../../core/store.js').Store} store @returns {Explanation | null}
 */
export function explanationOf(store) {
  const [explanation, subject, phase] = [store.get('explanation'), store.get('inspected'), store.get('phase')];
  if (!explanation || !subject || idOf(explanation.subject) !== idOf(subject)) return null;
  return phase && (explanation.step !== phase.step || explanation.sample !== phase.sample) ? null : explanation;
}

/**
 * The inspected point, or the sample whose numbers are explained, by its place in the training set.
 * @param {Explanation} explanation @param {Subject} subject @returns {number | null}
 */
export function chosenPoint({ batch, sample }, subject) {
  if (subject.kind === 'point') return subject.index;
  return isOfSample(subject) ? batch[sample] ?? null : null;
}
