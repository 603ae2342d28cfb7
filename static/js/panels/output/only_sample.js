// @ts-check
// The prediction for the only sample, where the training set is a single point with a value.

import { onlySample, readPlaneContents } from './plane_contents.js';

/** @typedef {{of: import('./plane_contents.js').Point, value: number | null}} SamplePrediction */

/**
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 * @param {() => void} changed
 */
export function followOnlySample(store, follow, changed) {
  /** @type {SamplePrediction | null} */
  let prediction = null;
  const sample = () => onlySample(readPlaneContents(store));
  const request = follow(() => {
    const point = sample();
    return point && [[point[0], point[1]]];
  }, ({ answers: [[value]] }) => {
    const point = sample();
    prediction = point && { of: point, value };
    changed();
  });

  return {
    requestIfAny: () => void (sample() && request()),
    /** Null where there is none, or it is of another sample. */
    current: () => (prediction && prediction.of === sample() ? prediction : null),
  };
}
