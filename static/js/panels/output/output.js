// @ts-check
// The output panel: the decision boundary, or what takes its place where inputs or targets are not of the plane; and the
// metrics.

import { mountArithmeticPredictions } from './arithmetic_predictions.js';
import { mountBoundary } from './boundary.js';
import { mountDrawingPad } from './drawing_pad.js';
import { mountMetrics } from './metrics.js';
import { mountSamplePredictions } from './sample_predictions.js';
import { mountScores } from './scores.js';

/**
 * @param {HTMLElement} root  with a place for each part
 * @param {HTMLElement} scores  a popover
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 * @returns {() => void} undo
 */
export function mountOutput(root, scores, store, follow) {
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));
  const undo = [
    mountMetrics(find('metrics'), store),
    mountScores(scores, find('all-scores'), root, store),
    mountBoundary(find('boundary'), store, follow),
    mountDrawingPad(find('pad'), store, follow),
    mountSamplePredictions(find('samples'), store, follow),
    mountArithmeticPredictions(find('answers'), store, follow),
  ];
  return () => undo.forEach((stop) => stop());
}
