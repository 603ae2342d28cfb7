// @ts-check
// What the network's output means in the present run: for everything that draws or reads it.

import { recall, remember } from '../core/memory.js';

/** @typedef {import('../core/store.js').Store} Store */
/**
 * @typedef {object} Output
 * @property {boolean} plane     inputs are points of the plane; else columns of their own
 * @property {{low: number, high: number}} extent  of the plane
 * @property {number} classes    0: targets are values
 * @property {string[]} names    of the classes: as the person's file has them, else numbers
 * @property {string[]} numbers  of the classes; of two, what the loss compares an output with
 * @property {number} outputs    of the network
 * @property {number} unit       values times this are plain numbers
 * @property {boolean} logits
 * @property {number} threshold  above it, one output says the class +1 of two; 0 for values
 */

/** @param {Store} store @returns {Output | null} null before the first state has come */
export function readOutput(store) {
  const state = store.get('state');
  if (!state) return null;
  const { kind, spec, outputs = 1, threshold = 0 } = state;
  const values = kind ? kind.targets === 'values' : store.get('datasets')?.[spec.dataset]?.regression === true;
  const classes = values ? 0 : state.classes || 2;
  return {
    plane: kind?.plane ?? true,
    extent: kind ? { low: kind.low, high: kind.high } : { low: -6, high: 6 },
    classes,
    names: classNames(spec, classes) ?? targetNumbers(classes, state.low_target),
    numbers: targetNumbers(classes, state.low_target),
    outputs,
    unit: kind?.unit ?? 1,
    logits: spec.loss === 'bce' || spec.loss === 'cross_entropy',
    threshold: values ? 0 : threshold,
  };
}

/** Of two classes −1 and +1 where the loss wants that of a tanh, else 0 and 1. @param {number} classes @param {number} lowTarget */
export const targetNumbers = (classes, lowTarget) => (classes === 2 && lowTarget < 0 ? ['−1', '+1'] : Array.from({ length: classes }, (_, number) => String(number)));

// ---- names of classes

const CLASS_NAMES = 'class-names'; // key in this tab's memory of what a file of points calls its classes: a Spec has their numbers only

/** @typedef {[number, number, number][]} Points */

/** @param {string[]} names  by number; none for values @param {Points} points  of the file */
export const keepClassNames = (names, points) => remember(CLASS_NAMES, JSON.stringify({ names, points: points.map(String) }));

/**
 * The names, while half of the points are still those of the file; null where the classes have numbers alone.
 * @param {Record<string, any>} spec @param {number} classes @returns {string[] | null}
 */
function classNames({ dataset, own_points: points }, classes) {
  if (dataset !== 'own') return null;
  if (points !== last.points) last = { points, names: namesOf(points) };
  return last.names?.length === classes ? last.names : null;
}

/** @type {{points: Points | null, names: string[] | null}} the last answer: a run asks with every frame */
let last = { points: null, names: null };

/** @param {Points} points */
function namesOf(points) {
  const kept = JSON.parse(recall(CLASS_NAMES) ?? 'null');
  const own = new Set(kept?.points);
  return 2 * points.filter((point) => own.has(String(point))).length >= points.length ? kept?.names ?? null : null;
}
