// @ts-check
// What lies on the plane: the points of the data set or those being drawn, and how far the plane reaches.

import { WIDE } from '../../draw/plane/plane.js';
import { readOutput } from '../../experiment/output.js';
import { PLAIN, unitsOf } from '../../experiment/own_file.js';

/** @typedef {import('../../draw/plane/plane.js').Point} Point */
/** @typedef {import('../../experiment/output.js').Output} Output */
/**
 * @typedef {object} PlaneContents
 * @property {Output | null} output  null before the server has described it
 * @property {import('../../core/state.js').PageState['draft']} draft  points being drawn; null: none
 * @property {number} classes  of the points; 0: values; more than 2: a label is the number of its class, as in a draft
 * @property {Point[]} train
 * @property {Point[]} test
 * @property {import('../../draw/plane/plane.js').Extent} extent
 * @property {import('../../experiment/own_file.js').Units} units  of the file that the points come from
 * @property {number} chosenOutput  which of several outputs is shown
 */

/** @param {import('../../core/store.js').Store} store @returns {PlaneContents} */
export function readPlaneContents(store) {
  const [draft, output] = [store.get('draft'), readOutput(store)];
  const { train, test } = draft ? { train: draft.points, test: [] } : store.get('points') ?? { train: [], test: [] };
  return {
    output,
    draft,
    classes: draft ? (draft.values ? 0 : store.get('choices')?.most_classes ?? 0) : output?.classes ?? 2,
    train,
    test,
    extent: draft ? WIDE : output?.extent ?? WIDE, // points are drawn on the usual plane, whatever the data set's
    units: draft ? unitsOf({ dataset: 'own', own_points: draft.points, own_units: draft.units, own_names: draft.names }) : output?.units ?? PLAIN,
    chosenOutput: Math.min(store.get('output'), (output?.outputs ?? 1) - 1),
  };
}

/** The only sample, where it has one value as its target; null else. @param {PlaneContents} contents @returns {Point | null} */
export function onlySample({ output, draft, train }) {
  return output?.plane && !draft && !output.classes && output.outputs === 1 && train.length === 1 ? train[0] : null;
}
