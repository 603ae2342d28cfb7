// @ts-check
// What follows from a Spec: inputs, outputs, classes, samples, the last activation. The page's half of the properties of
// engine/spec/spec.py; tests/browser/test_compatibility.py holds both to each other.

/** @typedef {import('../wire/messages.js').Spec} Spec */
/** @typedef {import('../wire/messages.js').Choices} Choices */
/** @typedef {import('../wire/messages.js').Kind} Kind */

/** Of its data set; of the first one, where the server does not know the name and is yet to say so. @param {Spec} spec @param {Choices} choices */
export const kindOf = (spec, choices) => choices.datasets[spec.dataset] ?? Object.values(choices.datasets)[0];

/** @param {Spec} spec @param {Choices} choices */
export const isRegression = (spec, choices) => kindOf(spec, choices).targets === 'values';

/** 0 where targets are values. @param {Spec} spec @param {Choices} choices */
export function classCount(spec, choices) {
  if (isRegression(spec, choices)) return 0;
  if (spec.dataset !== 'own') return kindOf(spec, choices).classes ?? spec.classes;
  return Math.max(1, ...spec.own_points.map(([, , label]) => label)) + 1;
}

/** Input columns. @param {Spec} spec @param {Choices} choices */
export function inputCount(spec, choices) {
  const kind = kindOf(spec, choices);
  return kind.plane ? spec.features.length : kind.inputs || spec.random_inputs;
}

/** Output columns. @param {Spec} spec @param {Choices} choices */
export function outputCount(spec, choices) {
  if (isRegression(spec, choices)) return kindOf(spec, choices).outputs || spec.random_outputs;
  const classes = classCount(spec, choices);
  return classes > 2 || spec.loss === 'cross_entropy' ? classes : 1;
}

/** Training and test samples. @param {Spec} spec @param {Choices} choices */
export function wantedSamples(spec, choices) {
  const kind = kindOf(spec, choices);
  const all = kind.samples ?? spec.own_points.length;
  if (!kind.only) return spec.samples ?? all;
  return kind.whole ? all : Math.min(spec.samples ?? all, all);
}

/** Too few samples are training and test set at once. @param {Spec} spec @param {Choices} choices */
export function trainingSamples(spec, choices) {
  const wanted = wantedSamples(spec, choices);
  const whole = kindOf(spec, choices).whole || wanted < choices.unsplit;
  return whole ? wanted : roundHalfToEven(wanted * /** @type {number} */ (spec.train_fraction));
}

/** As Python rounds: 2.5 to 2, 3.5 to 4. @param {number} value  not negative */
function roundHalfToEven(value) {
  const up = Math.round(value);
  return value % 1 === 0.5 && up % 2 === 1 ? up - 1 : up;
}

/** Of the output layer. @param {Spec} spec @param {Choices} choices @returns {string} */
export function lastActivation(spec, choices) {
  if (spec.output_activation !== null) return spec.output_activation;
  return choices.logit_losses.includes(spec.loss) || isRegression(spec, choices) ? 'linear' : 'tanh';
}

/** @param {Spec} spec */
export const hasBatchNorm = (spec) => spec.hidden.some((layer) => layer.batch_norm);

/** Whether the loss of the same weights differs from batch to batch. @param {Spec} spec */
export const hasRandomLayers = (spec) => spec.hidden.some((layer) => layer.batch_norm || layer.dropout);

/** Inputs of a hidden layer. @param {Spec} spec @param {number} layer @param {Choices} choices */
export const widthBelow = (spec, layer, choices) => (layer ? spec.hidden[layer - 1].width : inputCount(spec, choices));

/** Whether a hidden layer is as wide as its input, so that it can have a residual link. @param {Spec} spec @param {number} layer @param {Choices} choices */
export const keepsWidth = (spec, layer, choices) => widthBelow(spec, layer, choices) === spec.hidden[layer].width;
