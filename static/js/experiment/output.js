// @ts-check
// What the network's output means in the present run: for everything that draws or reads it.

import { classNamesOf, unitsOf } from './own_file.js';

/** @typedef {import('../core/store.js').Store} Store */
/**
 * @typedef {object} Output
 * @property {boolean} plane     inputs are points of the plane; else columns of their own
 * @property {{low: number, high: number}} extent  of the plane
 * @property {number} classes    0: targets are values
 * @property {string[]} names    of the classes: as the person's file has them, else numbers
 * @property {string[]} numbers  of the classes; of two, what the loss compares an output with
 * @property {import('./own_file.js').Units} units  in which the person's file has coordinates and labels
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
    names: namesInUse(spec, classes) ?? targetNumbers(classes, state.low_target),
    units: unitsOf(spec),
    numbers: targetNumbers(classes, state.low_target),
    outputs,
    unit: kind?.unit ?? 1,
    logits: spec.loss === 'bce' || spec.loss === 'cross_entropy',
    threshold: values ? 0 : threshold,
  };
}

/** A score of a run in the unit of the person's file, if it is an error of values. @param {string} score @param {number | null | undefined} value @param {Output | null} output */
export const inDataUnit = (score, value, output) => (typeof value === 'number' && output && ['mae', 'rmse'].includes(score) ? value * output.units.label.unit : value);

/** Of two classes −1 and +1 where the loss wants that of a tanh, else 0 and 1. @param {number} classes @param {number} lowTarget */
export const targetNumbers = (classes, lowTarget) => (classes === 2 && lowTarget < 0 ? ['−1', '+1'] : Array.from({ length: classes }, (_, number) => String(number)));

/** The classes as the person's file names them; null where it does not. @param {Record<string, any>} spec @param {number} classes */
function namesInUse(spec, classes) {
  const names = classNamesOf(spec);
  return names.length === classes ? names : null;
}
