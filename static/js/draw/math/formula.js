// @ts-check
// Operations in mathematical notation: sign, formula, and the formula of each slope, in the names of the inputs. Pure.

import { scientific } from '../base/numbers.js';

/** @typedef {import('../dag/walk.js').Node} Node */

const MINUS = '−';

/** 6 → "6", 0.731058 → "0.7311", −2.5 → "−2.5", 1e−9 → "1·10⁻⁹". @param {number} value @param {number} [digits]  significant */
export function tidy(value, digits = 4) {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size < 1e-4 || size >= 1e6))) return scientific(value);
  return String(Number(value.toPrecision(size >= 1000 ? 6 : digits))).replace('-', MINUS);
}

/** In parentheses where a minus would follow an operator. @param {number} value */
export const within = (value) => (value < 0 || tidy(value).includes('·') ? `(${tidy(value)})` : tidy(value));

/** The slopes of modules are matrices. */
const NOT_SHOWN = () => [];

/** Slope of a^b along a. @param {string} a @param {string} b */
function alongBase(a, b) {
  if (b === '2') return `2·${a}`;
  return /^\d+$/.test(b) ? `${b}·${a}^${Number(b) - 1}` : `${b}·${a}^(${b}${MINUS}1)`;
}

/** @type {Record<string, {sign: string, formula: (x: string[], node: Node) => string, slopes: (x: string[], y: string) => string[]}>} */
const OPERATIONS = {
  add: { sign: '+', formula: ([a, b]) => `${a} + ${b}`, slopes: () => ['1', '1'] },
  subtract: { sign: MINUS, formula: ([a, b]) => `${a} ${MINUS} ${b}`, slopes: () => ['1', `${MINUS}1`] },
  negate: { sign: MINUS, formula: ([a]) => `${MINUS}${a}`, slopes: () => [`${MINUS}1`] },
  multiply: { sign: '×', formula: ([a, b]) => `${a} · ${b}`, slopes: ([a, b]) => [b, a] },
  divide: { sign: '÷', formula: ([a, b]) => `${a} / ${b}`, slopes: ([a, b], y) => [`1/${b}`, `${MINUS}${y}/${b}`] },
  power: { sign: 'xⁿ', formula: ([a, b]) => `${a} ^ ${b}`, slopes: ([a, b], y) => [alongBase(a, b), `${y}·ln ${a}`] },
  copy: { sign: '=', formula: ([a]) => a, slopes: () => ['1'] },
  sum: { sign: 'Σ', formula: (x) => x.join(' + '), slopes: (x) => x.map(() => '1') },
  mean: { sign: 'mean', formula: (x) => `mean(${x.join(', ')})`, slopes: (x) => x.map(() => (x.length === 1 ? '1' : `1/${x.length}`)) },
  max: { sign: 'max', formula: (x) => `max(${x.join(', ')})`, slopes: (x, y) => x.map((name) => `[${name} = ${y}]`) },
  min: { sign: 'min', formula: (x) => `min(${x.join(', ')})`, slopes: (x, y) => x.map((name) => `[${name} = ${y}]`) },
  exp: { sign: 'exp', formula: ([a]) => `exp(${a})`, slopes: (x, y) => [y] },
  log: { sign: 'ln', formula: ([a]) => `ln(${a})`, slopes: ([a]) => [`1/${a}`] },
  sqrt: { sign: '√', formula: ([a]) => `√${a}`, slopes: (x, y) => [`1/(2·${y})`] },
  abs: { sign: '|x|', formula: ([a]) => `|${a}|`, slopes: ([a]) => [`sign ${a}`] },
  sin: { sign: 'sin', formula: ([a]) => `sin(${a})`, slopes: ([a]) => [`cos(${a})`] },
  cos: { sign: 'cos', formula: ([a]) => `cos(${a})`, slopes: ([a]) => [`${MINUS}sin(${a})`] },
  tan: { sign: 'tan', formula: ([a]) => `tan(${a})`, slopes: (x, y) => [`1 + ${y}²`] },
  tanh: { sign: 'tanh', formula: ([a]) => `tanh(${a})`, slopes: (x, y) => [`1 ${MINUS} ${y}²`] },
  sigmoid: { sign: 'σ', formula: ([a]) => `σ(${a})`, slopes: (x, y) => [`${y}·(1 ${MINUS} ${y})`] },
  relu: { sign: 'relu', formula: ([a]) => `relu(${a})`, slopes: ([a]) => [`[${a} > 0]`] },
  step: { sign: 'step', formula: ([a]) => `step(${a})`, slopes: () => ['0'] },
  leaky_relu: { sign: 'leaky', formula: (x) => `leaky_relu(${x.join(', ')})`, slopes: ([a, s]) => [`[${a} > 0] + ${s}·[${a} ≤ 0]`, `min(${a}, 0)`] },
  elu: { sign: 'elu', formula: (x) => `elu(${x.join(', ')})`, slopes: ([a, alpha], y) => [`[${a} > 0] + (${y} + ${alpha})·[${a} ≤ 0]`, `exp(min(${a}, 0)) ${MINUS} 1`] },
  softplus: { sign: 'soft+', formula: ([a]) => `softplus(${a})`, slopes: ([a]) => [`σ(${a})`] },
  silu: { sign: 'silu', formula: ([a]) => `${a} · σ(${a})`, slopes: ([a], y) => [`σ(${a}) + ${y}·(1 ${MINUS} σ(${a}))`] },
  gelu: { sign: 'gelu', formula: ([a]) => `${a} · Φ(${a})`, slopes: ([a]) => [`Φ(${a}) + ${a}·φ(${a})`] },
  huber: { sign: 'huber', formula: (x) => `huber(${x.join(', ')})`, slopes: ([e, delta]) => [`max(${MINUS}${delta}, min(${e}, ${delta}))`, `max(|${e}| ${MINUS} ${delta}, 0)`] },
  logsumexp: { sign: 'ln Σ exp', formula: (x) => `ln(${x.map((name) => `exp(${name})`).join(' + ')})`, slopes: (x, y) => x.map((name) => `exp(${name} ${MINUS} ${y})`) },
  softmax: {
    sign: 'softmax', formula: (x) => `softmax(${x.join(', ')})`,
    slopes: (x, y) => x.map((name, slot) => (slot ? `${MINUS}${y}·exp(${name} ${MINUS} ${x[0]})·${y}` : `${y}·(1 ${MINUS} ${y})`)),
  },
  standardize: {
    sign: 'norm',
    formula: ([a, mean, variance, epsilon]) => `(${a} ${MINUS} ${mean}) / √(${variance} + ${epsilon})`,
    slopes: ([, , variance, epsilon], y) => {
      const along = `${MINUS}${y}/(2·(${variance} + ${epsilon}))`; // variance and ε stand in one sum
      return [`1/√(${variance} + ${epsilon})`, `${MINUS}1/√(${variance} + ${epsilon})`, along, along];
    },
  },
  linear: { sign: 'Linear', formula: ([a], { tensors }) => `W·${a}${tensors?.bias ? ' + b' : ''}`, slopes: NOT_SHOWN },
  batch_norm: { sign: 'BN', formula: ([a]) => `γ·(${a} ${MINUS} mean) / √(var + ε) + β`, slopes: NOT_SHOWN },
  residual: { sign: '+', formula: ([a, b]) => `${a} + ${b}`, slopes: NOT_SHOWN },
  mse: { sign: 'MSE', formula: ([a, y]) => `mse(${a}, ${y})`, slopes: NOT_SHOWN },
  mae: { sign: 'MAE', formula: ([a, y]) => `mae(${a}, ${y})`, slopes: NOT_SHOWN },
  bce: { sign: 'BCE', formula: ([a, y]) => `bce(${a}, ${y})`, slopes: NOT_SHOWN },
  cross_entropy: { sign: 'CE', formula: ([a, y]) => `cross_entropy(${a}, ${y})`, slopes: NOT_SHOWN },
};

/** @param {string} op "" for what has no inputs */
export const signOf = (op) => OPERATIONS[op]?.sign ?? '';

/** @param {Node} node @param {Map<string, Node>} nodes @returns {string} */
export function formulaOf(node, nodes) {
  if (!node.inputs.length) return numbers(node.values);
  return OPERATIONS[node.op].formula(withSettings(node, (name) => called(name, nodes)), node);
}

/** The formula with numbers in the place of names. @param {Node} node @param {Map<string, Node>} nodes */
export function substituted(node, nodes) {
  const formula = OPERATIONS[node.op].formula(withSettings(node, (name) => within(/** @type {Node} */ (nodes.get(name)).values[0])), node);
  return formula.replace(/\(\(([^()]*)\)\)/g, '($1)'); // exp((−2)) is exp(−2)
}

/** ∂node/∂input as a formula. @param {Node} node @param {number} slot @param {Map<string, Node>} nodes */
export function slopeOf(node, slot, nodes) {
  return OPERATIONS[node.op].slopes(withSettings(node, (name) => called(name, nodes)), node.name)[slot];
}

/** In parentheses where it is a sum or begins with a minus. @param {string} formula */
export function asFactor(formula) {
  const outside = formula.replace(/[A-Za-zσΦφ√]*\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]/g, 'f');
  return outside !== 'f' && new RegExp(`^${MINUS}| [+${MINUS}] `).test(outside) ? `(${formula})` : formula;
}

/** What stands in its formula. @param {Node} node @param {(name: string) => string} write */
const withSettings = (node, write) => [...node.inputs.map(write), ...(node.settings ?? []).map((value) => within(value))];

/** A constant is called by its value. @param {string} name @param {Map<string, Node>} nodes */
export function called(name, nodes) {
  const node = nodes.get(name);
  return node?.op === 'constant' && /^k\d+$/.test(name) ? within(node.values[0]) : name;
}

const WRITTEN = 40; // numbers of a vector

/** @param {number[]} values */
export function numbers(values) {
  if (values.length === 1) return tidy(values[0]);
  return `[${values.slice(0, WRITTEN).map((value) => tidy(value)).join(', ')}${values.length > WRITTEN ? ', …' : ''}]`;
}

/** A number; of a vector its first two, with fewer digits. @param {number[]} values */
export function shortened(values) {
  if (values.length === 1) return tidy(values[0]);
  return `[${values.slice(0, 2).map((value) => tidy(value, 3)).join(', ')}${values.length > 2 ? ', …' : ''}]`;
}
