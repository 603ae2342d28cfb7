// @ts-check
import { mathOf } from '/static/js/draw/math/math.js';
import { formulaOf } from '/static/js/panels/slow_motion/phases.js';
import { equal, test } from '/js-tests/harness.js';

const plain = { norm: /** @type {'none'} */ ('none'), dropout: false, residual: false, residual_above: false };
const spec = { biases: true, loss: 'mse', reduction: 'mean', optimizer: 'sgd', clip: 'none', l1: 0, l2: 0, weight_decay: null };

/** @param {string} name @param {number | null} layer @param {Record<string, any>} [form] @param {Record<string, any>} [changed] of three layers */
function formula(name, layer, form = {}, changed = {}) {
  const written = formulaOf({ name, layer, bound: {}, form: layer === null ? null : /** @type {any} */ ({ ...plain, ...form }) }, 3, { ...spec, ...changed });
  mathOf(written); // it can be set
  return written;
}

test('a plain layer has nothing in its formulas that it has not', () => {
  for (const name of ['forward', 'backward']) {
    for (const sign of ['\\gamma', ' m ', '\\mu_B', '∂L}{∂a']) equal(formula(name, 1).includes(sign), false);
  }
  equal(formula('forward', 1).startsWith('z^{(2)} = W^{(2)} a^{(1)} + b^{(2)},'), true);
  equal(formula('forward', 0, {}, { biases: false }).startsWith('z^{(1)} = W^{(1)} x,'), true);
});

test('norm, dropout and links stand in the formulas of their layer, forward and backward', () => {
  const all = { norm: 'batch', dropout: true, residual: true, residual_above: true };
  const forward = formula('forward', 1, all);
  for (const part of ['s^{(2)} = \\frac{z^{(2)} - \\mu_B}', 'n^{(2)} = \\gamma \\odot s^{(2)} + \\beta', 'a^{(2)} = m \\odot f(n^{(2)}) + a^{(1)}']) equal(forward.includes(part), true);
  const backward = formula('backward', 1, all);
  for (const part of ['\\delta^{(3)} + \\frac{∂L}{∂a^{(3)}})', '\\odot m \\odot f\'(n^{(2)})', 's^{(2)} \\odot', '\\frac{1}{|B|}']) equal(backward.includes(part), true);
  equal(/\bn\b(?!\^)/.test(backward), false); // n is the layer's, its batch has |B| samples
  const alone = formula('backward', 1, { norm: 'running' });
  equal(alone.includes('\\sum_B'), false);
  equal(alone.includes('\\frac{g}{\\sqrt{\\sigma^2 + \\epsilon}}'), true);
});

test('a sum is no mean, and penalties, clipping and decay come before the rule', () => {
  equal(formula('loss', null, {}, { reduction: 'sum' }), 'L = \\sum(o - y)^2');
  equal(formula('backward', 2, {}, { reduction: 'sum' }).startsWith('\\frac{∂L}{∂o} = 2(o - y)'), true);
  equal(formula('update', null), 'w \\leftarrow w - \\eta\\,g');
  const long = formula('update', null, {}, { l2: 0.1, clip: 'value', weight_decay: 0.1 });
  equal(long.split(',\\quad ').length, 4);
});

test('rules that send nothing back have their own formula in its place', () => {
  equal(formula('gradient', null, {}, { optimizer: 'evolution' }).includes('2 \\sigma'), true);
  equal(formula('loss', null, {}, { optimizer: 'evolution' }).includes('\\hat L'), true);
  const perceptron = formula('gradient', null, {}, { optimizer: 'perceptron', reduction: 'sum' });
  equal(perceptron.includes('\\frac'), false);
  equal(formula('update', null, {}, { optimizer: 'perceptron' }), 'w \\leftarrow w - \\eta\\,g');
});
