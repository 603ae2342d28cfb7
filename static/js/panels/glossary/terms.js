// @ts-check
// The terms of the glossary: each has its name and one sentence in i18n/glossary/, here its formula, if it has one, in the
// words of draw/math/math.js, and the data-testid of the place where it is seen.

const r = String.raw;

/** @typedef {{formula?: string, place: string, opens?: boolean}} Term  opens: what stands there opens on a click */

/** @type {Record<string, Term>} */
export const TERMS = {
  epoch: { place: 'epoch' },
  step: { formula: r`w \leftarrow w - \eta\,g`, place: 'steps' },
  train_loss: { formula: r`L = \frac{1}{n}\sum L_i`, place: 'train-loss', opens: true },
  test_loss: { formula: r`L = \frac{1}{n}\sum L_i`, place: 'test-loss' },
  steps_per_second: { place: 'steps-per-second' },
  accuracy: { formula: r`\frac{n_{right}}{n}`, place: 'test-accuracy' },
  f1: { formula: r`F_1 = \frac{2 P R}{P + R}`, place: 'f1' },
  r2: { formula: r`R^2 = 1 - \frac{\sum(o - y)^2}{\sum(y - m)^2}`, place: 'r2' },
  rmse: { formula: r`\sqrt{\frac{1}{n}\sum(o - y)^2}`, place: 'rmse' },
  dataset: { place: 'dataset-circle' },
  noise: { place: 'noise' },
  train_fraction: { place: 'train-fraction' },
  batch_size: { formula: r`g = \frac{1}{n}\sum g_i`, place: 'batch-size' },
  optimizer: { formula: r`w \leftarrow w - \eta\,g`, place: 'optimizer' },
  learning_rate: { formula: r`w \leftarrow w - \eta\,g`, place: 'learning-rate' },
  activation: { formula: r`h = f(z)`, place: 'activation' },
  loss: { formula: r`L = \frac{1}{n}\sum(o - y)^2`, place: 'loss' },
  regularization: { formula: r`L + L_1 \sum|w| + \frac{L_2}{2}\sum w^2`, place: 'regularization' },
  initializer: { formula: r`w \sim U(-\frac{1}{\sqrt{n_{in}}}, \frac{1}{\sqrt{n_{in}}})`, place: 'initializer' },
  neuron: { formula: r`z = \sum w x + b`, place: 'neuron-0-0', opens: true },
  weight: { formula: r`z = \sum w x + b`, place: 'weight-0-0-0', opens: true },
  bias: { formula: r`z = \sum w x + b`, place: 'bias-0-0', opens: true },
  gradient: { formula: r`g = \frac{∂L}{∂w}`, place: 'links-gradient', opens: true },
  gradient_norm: { formula: r`\norm g \norm = \sqrt{\sum g^2}`, place: 'gradient-layer-0', opens: true },
  chain_rule: { formula: r`\frac{∂L}{∂w} = \frac{∂L}{∂z}\cdot\frac{∂z}{∂w}`, place: 'gradients' },
  gradient_check: { formula: r`\frac{L(w + \epsilon) - L(w - \epsilon)}{2 \epsilon}`, place: 'checked', opens: true },
  decision_boundary: { place: 'boundary' },
  confusion_matrix: { place: 'all-scores', opens: true },
};
