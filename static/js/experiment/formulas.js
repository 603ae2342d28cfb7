// @ts-check
// The formula of every choice and of every setting that has one, in the words of draw/math/math.js, a line each.
// w weights · g gradient · η learning rate · t steps of the rule, this one included · τ steps of the run before this one · o outputs · y targets · n samples · k outputs

const r = String.raw;

const MEAN = r`\frac{1}{n k}\sum`;
const ADAM = [
  r`m \leftarrow \beta_1 m + (1 - \beta_1)\,g,\quad v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2`,
  r`\hat m = \frac{m}{1 - \beta_1^t},\quad \hat v = \frac{v}{1 - \beta_2^t}`,
];
const ADAM_STEP = r`w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}`;
const DECAY = r`w \leftarrow (1 - \eta \lambda)\,w`;

/** Field → option → lines. @type {Record<string, Record<string, string[]>>} */
export const CHOICES = {
  optimizer: {
    sgd: [r`w \leftarrow w - \eta\,g`],
    momentum: [r`v \leftarrow \mu v + (1 - d)\,g`, r`w \leftarrow w - \eta\,v`],
    nag: [r`v \leftarrow \mu v + g`, r`w \leftarrow w - \eta\,(g + \mu v)`],
    adagrad: [r`s \leftarrow s + g^2`, r`w \leftarrow w - \frac{\eta}{1 + (t - 1) r}\cdot\frac{g}{\sqrt{s} + \epsilon}`],
    rmsprop: [r`s \leftarrow \alpha s + (1 - \alpha)\,g^2`, r`w \leftarrow w - \eta\frac{g}{\sqrt{s} + \epsilon}`],
    adam: [...ADAM, ADAM_STEP],
    adamw: [DECAY, ...ADAM, ADAM_STEP],
    muon: [
      r`B \leftarrow \mu B + (1 - \mu)\,G,\quad U = (1 - \mu)\,G + \mu B`,
      r`X_0 = \frac{U}{\norm U \norm},\quad A = X_i X_i^\top`,
      r`X_{i + 1} = a X_i + (b A + c A^2)\,X_i`,
      r`W \leftarrow (1 - \eta \lambda)\,W - \eta \sqrt{\max(1, \frac{n_{out}}{n_{in}})}\,X_k`,
    ],
    perceptron: [r`\hat y = \step(w \cdot x + b)`, r`w \leftarrow w + \eta\,(y - \hat y)\,x`],
    evolution: [
      r`g = \frac{1}{m}\sum_j \frac{L(w + \sigma e_j) - L(w - \sigma e_j)}{2 \sigma}\,e_j`,
      r`w \leftarrow w - \eta\,g,\quad e_j \in \{-1, 1\}^N`,
    ],
  },
  activation: {
    linear: [r`f(z) = z`, r`f'(z) = 1`],
    step: [r`f(z) = \cases{1 & z > 0 \\ 0 & z \le 0}`, r`f'(z) = 0`],
    sigmoid: [r`f(z) = \sigma(z) = \frac{1}{1 + e^{-z}}`, r`f'(z) = f(z)\,(1 - f(z))`],
    tanh: [r`f(z) = \tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}}`, r`f'(z) = 1 - f(z)^2`],
    relu: [r`f(z) = \max(0, z)`, r`f'(z) = \cases{1 & z > 0 \\ 0 & z \le 0}`],
    leaky_relu: [r`f(z) = \cases{z & z > 0 \\ a z & z \le 0}`, r`f'(z) = \cases{1 & z > 0 \\ a & z \le 0}`],
    elu: [r`f(z) = \cases{z & z > 0 \\ \alpha (e^z - 1) & z \le 0}`, r`f'(z) = \cases{1 & z > 0 \\ \alpha e^z & z \le 0}`],
    gelu: [r`f(z) = z\,\Phi(z) = \frac{z}{2}(1 + \erf\frac{z}{\sqrt 2})`, r`f'(z) = \Phi(z) + z\,\phi(z)`],
    silu: [r`f(z) = z\,\sigma(z)`, r`f'(z) = \sigma(z)\,(1 + z\,(1 - \sigma(z)))`],
    softplus: [r`f(z) = \log(1 + e^z)`, r`f'(z) = \sigma(z)`],
  },
  loss: {
    mse: [r`L = ${MEAN}(o - y)^2`, r`\frac{∂L}{∂o} = \frac{2}{n k}(o - y)`],
    mae: [r`L = ${MEAN}|o - y|`, r`\frac{∂L}{∂o} = \frac{1}{n k}\sign(o - y)`],
    huber: [
      r`L = ${MEAN}\cases{\frac{1}{2} e^2 & |e| \le \delta \\ \delta (|e| - \frac{\delta}{2}) & |e| > \delta},\quad e = o - y`,
      r`\frac{∂L}{∂o} = \frac{1}{n k}\max(-\delta, \min(\delta, e))`,
    ],
    bce: [r`L = ${MEAN}(\max(o, 0) - o y + \log(1 + e^{-|o|}))`, r`\frac{∂L}{∂o} = \frac{1}{n k}(\sigma(o) - y)`],
    cross_entropy: [r`L = \frac{1}{n}\sum(\log\sum_j e^{o_j} - o_c)`, r`\frac{∂L}{∂o} = \frac{1}{n}(\softmax(o) - y)`],
  },
  initializer: {
    pytorch: [r`w, b \sim U(-\frac{1}{\sqrt{n_{in}}}, \frac{1}{\sqrt{n_{in}}})`],
    xavier_uniform: [r`w \sim U(-s, s),\quad s = \sqrt{\frac{6}{n_{in} + n_{out}}},\quad b = 0`],
    xavier_normal: [r`w \sim N(0, s^2),\quad s = \sqrt{\frac{2}{n_{in} + n_{out}}},\quad b = 0`],
    he_uniform: [r`w \sim U(-s, s),\quad s = \sqrt{\frac{6}{n_{in}}},\quad b = 0`],
    he_normal: [r`w \sim N(0, s^2),\quad s = \sqrt{\frac{2}{n_{in}}},\quad b = 0`],
    normal: [r`w \sim N(0, s^2),\quad b = 0`],
    zeros: [r`w = 0,\quad b = 0`],
    constant: [r`w = c,\quad b = 0`],
  },
  schedule: {
    constant: [r`\eta_\tau = \eta`],
    step: [r`\eta_\tau = \eta\,\gamma^{\lfloor \tau / T \rfloor}`],
    exponential: [r`\eta_\tau = \eta\,\gamma^{\tau / T}`],
    cosine: [r`\eta_\tau = \eta\,(\gamma + (1 - \gamma)\frac{1 + \cos(\pi \min(1, \tau / T))}{2})`],
  },
  clip: {
    none: [r`g \leftarrow g`],
    norm: [r`g \leftarrow g \min(1, \frac{c}{\norm g \norm + 10^{-6}})`],
    value: [r`g \leftarrow \max(-c, \min(c, g))`],
  },
  reduction: {
    mean: [r`L = \frac{1}{n}\sum_i \ell_i`],
    sum: [r`L = \sum_i \ell_i`],
  },
};

/** Field → lines. @type {Record<string, string[]>} */
export const SETTINGS = {
  learning_rate: [r`w \leftarrow w - \eta\,g`],
  weight_decay: [DECAY],
  momentum: [r`v \leftarrow \mu v + …`],
  dampening: [r`v \leftarrow \mu v + (1 - d)\,g`],
  alpha: [r`s \leftarrow \alpha s + (1 - \alpha)\,g^2`],
  centered: [r`m \leftarrow \alpha m + (1 - \alpha)\,g`, r`w \leftarrow w - \eta\frac{g}{\sqrt{s - m^2} + \epsilon}`],
  rate_decay: [r`\eta_t = \frac{\eta}{1 + (t - 1) r}`],
  initial_accumulator: [r`s_0`],
  beta1: [r`m \leftarrow \beta_1 m + (1 - \beta_1)\,g`],
  beta2: [r`v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2`],
  epsilon: [r`\frac{…}{\sqrt{…} + \epsilon}`],
  amsgrad: [r`v_{max} \leftarrow \max(v_{max}, v)`],
  muon_momentum: [r`B \leftarrow \mu B + (1 - \mu)\,G`],
  nesterov: [r`U = (1 - \mu)\,G + \mu B`],
  newton_schulz_steps: [r`X \leftarrow 3.4445 X + (-4.775 A + 2.0315 A^2) X,\quad A = X X^\top`],
  sigma: [r`L(w \pm \sigma e_j)`],
  pairs: [r`g = \frac{1}{m}\sum_{j = 1}^m …`],
  l1: [r`L + \lambda_1 \sum |w|`],
  l2: [r`L + \frac{\lambda_2}{2} \sum w^2`],
  warmup_steps: [r`\eta_\tau \min(1, \frac{\tau + 1}{W})`],
  leaky_slope: [r`f(z) = a z,\quad z \le 0`],
  elu_alpha: [r`f(z) = \alpha (e^z - 1),\quad z \le 0`],
  huber_delta: [r`|o - y| \le \delta`],
  biases: [r`z = W a + b`],
  norm_momentum: [r`\mu \leftarrow (1 - m)\,\mu + m\,\mu_B`],
  norm_epsilon: [r`\frac{z - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}`],
  init_std: [r`w \sim N(0, s^2)`],
  init_constant: [r`w = c`],
  stop_steps: [r`\tau \ge N`],
  stop_epochs: [r`E \ge N`],
  stop_loss: [r`L_E \le c`],
  stop_change: [r`|L_E - L_{E - 1}| < c`],
};

/** What a layer can have besides → lines. @type {Record<string, string[]>} */
export const LAYER = {
  dropout: [r`h \leftarrow \frac{h \cdot k}{1 - p},\quad k \in \{0, 1\}`],
  batch_norm: [r`z \leftarrow \gamma \frac{z - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta`],
  residual: [r`h \leftarrow h + a`],
};
