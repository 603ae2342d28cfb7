// @ts-check
// The output panel with what every run has of it: the decision boundary, which hides where inputs are not of the plane, and
// the metrics. What takes its place then, and all numbers that measure the run, are mounted by themselves.

import { mountBoundary } from './boundary.js';
import { mountMetrics } from './metrics.js';

/**
 * @param {HTMLElement} root  with a place for each part
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 * @returns {() => void} undo
 */
export function mountOutput(root, store, follow) {
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));
  const undo = [
    mountMetrics(find('metrics'), store),
    mountBoundary(find('boundary'), store, follow),
  ];
  return () => undo.forEach((stop) => stop());
}
