// @ts-check
// The loss of the chosen sample in numbers, as (0.58 − 8)² = 55.1, and that of the batch. Pure; in the notation of
// draw/math/math.js.

const r = String.raw;
const MOST_TERMS = 3; // of outputs or logits that are written out
const DIGITS = 3;

/** @typedef {import('./phases.js').Spec} Spec */
/** @typedef {{o: string, y: string, error: number, spec: Spec}} Term  o, y: as they are written */

/** One term for each output. @type {Record<string, (term: Term) => string>} */
const TERMS = {
  mse: ({ o, y }) => r`(${o} - ${y})^2`,
  mae: ({ o, y }) => r`|${o} - ${y}|`,
  huber: ({ o, y, error, spec }) => {
    const delta = number(Number(spec.huber_delta));
    return Math.abs(error) <= Number(spec.huber_delta) ? r`\frac{1}{2}(${o} - ${y})^2` : r`${delta} \cdot (|${o} - ${y}| - \frac{${delta}}{2})`;
  },
  bce: ({ o, y }) => r`\max(${o}, 0) - ${o} \cdot ${y} + \log(1 + e^{-|${o}|})`,
};

/**
 * @param {Record<string, number[]>} bound  outputs, targets and terms of the sample, and the loss of the batch
 * @param {Spec} spec @param {number} samples  of the batch
 * @returns {string[]} lines
 */
export function lossNumbers({ outputs, targets, terms, loss }, spec, samples) {
  const lines = spec.loss === 'cross_entropy' ? [crossEntropy(outputs, targets, terms[0])] : terms.slice(0, MOST_TERMS).map((value, i) => {
    const [o, y] = [outputs[i], targets[i]].map(factor);
    return `${TERMS[spec.loss]({ o, y, error: outputs[i] - targets[i], spec })} = ${number(value)}`;
  });
  if (spec.loss !== 'cross_entropy' && terms.length > MOST_TERMS) lines.push('…');
  const whole = samples * terms.length > 1 || spec.optimizer === 'evolution';
  return whole ? [...lines, `L = ${number(loss[0])}`] : lines;
}

/** Whether the numbers of a step fit the loss of now: it may be changed while the step is open. @param {Spec | null} opened @param {Spec} spec */
export const isOfLoss = (opened, spec) => opened?.loss === spec.loss && opened.huber_delta === spec.huber_delta;

/** @param {number[]} outputs @param {number[]} targets @param {number} value */
function crossEntropy(outputs, targets, value) {
  const right = factor(outputs[targets.indexOf(1)]);
  const sum = outputs.length <= MOST_TERMS ? outputs.map((output) => `e^{${number(output)}}`).join(' + ') : r`\sum_j e^{o_j}`;
  return r`\log(${sum}) - ${right} = ${number(value)}`;
}

/** With a few digits; very small and very large ones as a power of ten. @param {number | null} value */
function number(value) {
  if (value === null) return '…';
  const [digits, exponent] = value.toExponential(DIGITS - 1).split('e').map(Number);
  return value !== 0 && (exponent < -3 || exponent > 5) ? r`${digits} \cdot 10^{${exponent}}` : String(Number(value.toPrecision(DIGITS)));
}

/** @param {number | null} value */
const factor = (value) => (value !== null && value < 0 ? `(${number(value)})` : number(value));
