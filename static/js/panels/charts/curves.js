// @ts-check
// What both charts read from the store: the history of the run, where it stands in it, and the curves of other branches.

import { branchMark, branchName } from './branches.js';

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {import('../../wire/messages.js').History} History */

/** @type {History} */
const EMPTY = { steps: [], train_loss: [], test_loss: [], gradient_norms: [], measured: { steps: [], layers: {} }, log: [] };

/** @param {Store} store */
export const readHistory = (store) => store.get('history') ?? EMPTY;

/** The accuracies at the ends of epochs, and of where the run stands; of no test set none. @param {Store} store */
export function readAccuracies(store) {
  const { log } = readHistory(store);
  const [frame, tested] = [store.get('frame'), store.get('state')?.has_test_set ?? true];
  const rows = [...log, ...(frame && frame.step > (log.at(-1)?.step ?? 0) ? [frame] : [])];
  return { steps: rows.map(({ step }) => step), train: rows.map((row) => row.train_accuracy), test: tested ? rows.map((row) => row.test_accuracy) : [] };
}

/** Where the run stands, if that is not the end of the curve. @param {Store} store */
export function readPlace(store) {
  const step = store.get('frame')?.step ?? null;
  return step !== null && step < (readHistory(store).steps.at(-1) ?? 0) ? step : null;
}

/** The training losses of the branches the run is not on. @param {Store} store */
export function readOtherBranches(store) {
  const timeline = store.get('timeline');
  return (timeline?.branches ?? []).flatMap(({ curve }, i) =>
    (i === timeline?.current || curve.steps.length < 2 ? [] : [{ steps: curve.steps, losses: curve.train_loss, name: branchName(i), mark: branchMark(i) }]));
}

/** The steps both charts show; a dot at the start keeps off the numbers beside it. @param {Store} store @returns {[number, number]} */
export function readStepRange(store) {
  const { steps } = readHistory(store);
  const lasts = readOtherBranches(store).map((branch) => branch.steps[branch.steps.length - 1]);
  const isDot = steps.length + lasts.length < 2;
  return [isDot ? -0.02 : 0, [...steps, ...lasts].reduce((most, step) => Math.max(most, step), 1)];
}
