// @ts-check
// What goes with what: which settings mean nothing now and why, which choices are closed and why, and what must change
// along with a choice. The facts come from /api/choices. Pure: every reason is a key of the texts and its values.

/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {Record<string, any>} Spec */
/**
 * @typedef {{targets: 'classes' | 'values', plane: boolean, classes: number | null, inputs: number, outputs: number,
 *   noise: boolean, whole: boolean, samples: number | null, only: boolean}} Kind
 */
/**
 * @typedef {object} Facts
 * @property {Record<string, Kind>} datasets
 * @property {Record<string, string[]>} reads  optimizer → its own settings
 * @property {string[]} class_losses
 * @property {string[]} logit_losses
 * @property {number} most_normed
 * @property {number} most_parameters
 * @property {number} most_plane_samples
 * @property {string[]} missing  data sets whose files the server has not
 */
/** @typedef {{key: string, values?: Record<string, any>}} Reason */

const PERCEPTRON = { hidden: [], output_activation: 'step', loss: 'mse', batch_size: 1 };
const SAFE_BATCH = 10; // samples: the default batch, where batch norm has something to compare
const DRAWN = ['seed', 'own_points']; // another draw of them is another run of the same experiment

/** The first one stands in for a name the server has yet to refuse. @param {Spec} spec @param {Facts} facts */
const kindOf = (spec, facts) => facts.datasets[spec.dataset] ?? Object.values(facts.datasets)[0];

/** 0 where targets are values. @param {Spec} spec @param {Facts} facts */
export function classCount(spec, facts) {
  const kind = kindOf(spec, facts);
  if (kind.targets === 'values') return 0;
  if (spec.dataset !== 'own') return kind.classes ?? spec.classes;
  return Math.max(1, ...spec.own_points.map((/** @type {number[]} */ [, , label]) => label)) + 1;
}

/** @param {Spec} spec @param {Facts} facts */
export function inputCount(spec, facts) {
  const kind = kindOf(spec, facts);
  return kind.plane ? spec.features.length : kind.inputs || spec.random_inputs;
}

/** @param {Spec} spec @param {Facts} facts */
export function outputCount(spec, facts) {
  const kind = kindOf(spec, facts);
  if (kind.targets === 'values') return kind.outputs || spec.random_outputs;
  const classes = classCount(spec, facts);
  return classes > 2 || spec.loss === 'cross_entropy' ? classes : 1;
}

/** Training and test samples. @param {Spec} spec @param {Kind} kind */
function wantedSamples(spec, kind) {
  const there = kind.samples ?? spec.own_points.length;
  if (!kind.only) return spec.samples ?? there;
  return kind.whole ? there : Math.min(spec.samples ?? there, there);
}

/** What the output layer does. @param {Spec} spec @param {Facts} facts */
export function lastActivation(spec, facts) {
  if (spec.output_activation !== null) return spec.output_activation;
  return facts.logit_losses.includes(spec.loss) || kindOf(spec, facts).targets === 'values' ? 'linear' : 'tanh';
}

/** @param {Spec} spec */
const needsBatches = (spec) => spec.hidden.some((/** @type {Layer} */ layer) => layer.batch_norm);

/** @param {Spec} spec */
const isRandom = (spec) => spec.hidden.some((/** @type {Layer} */ layer) => layer.batch_norm || layer.dropout);

/** Whether a layer's input is as wide as its output. @param {Spec} spec @param {number} layer @param {Facts} facts */
const keepsWidth = (spec, layer, facts) =>
  (layer ? spec.hidden[layer - 1].width : inputCount(spec, facts)) === spec.hidden[layer].width;

/** @param {Spec} spec @param {string} name @param {Facts} facts */
const uses = (spec, name, facts) =>
  lastActivation(spec, facts) === name || spec.hidden.some((/** @type {Layer} */ layer) => (layer.activation ?? spec.activation) === name);

/** Where a setting means nothing with the others as they are. @type {Record<string, (spec: Spec, facts: Facts, kind: Kind) => Reason | false>} */
const IDLE = {
  noise: (spec, _facts, kind) => !kind.noise && { key: 'reason.no_noise' },
  train_fraction: (spec, _facts, kind) => kind.whole && { key: 'reason.whole' },
  samples: (spec, _facts, kind) => (spec.dataset.startsWith('own') && { key: 'reason.own_samples' }) || (kind.whole && kind.plane && { key: 'reason.fixed_samples' }),
  classes: (spec, _facts, kind) => (kind.classes !== null || spec.dataset === 'own') && { key: 'reason.classes' },
  function: (spec) => spec.dataset !== 'function' && { key: 'reason.only_dataset', values: { dataset: 'function' } },
  features: (spec, _facts, kind) => !kind.plane && { key: 'reason.features' },
  random_inputs: (spec) => spec.dataset !== 'random' && { key: 'reason.only_dataset', values: { dataset: 'random' } },
  random_outputs: (spec) => spec.dataset !== 'random' && { key: 'reason.only_dataset', values: { dataset: 'random' } },
  activation: (spec) => !spec.hidden.length && { key: 'reason.no_hidden' },
  leaky_slope: (spec, facts) => !uses(spec, 'leaky_relu', facts) && { key: 'reason.only_activation', values: { activation: 'leaky_relu' } },
  elu_alpha: (spec, facts) => !uses(spec, 'elu', facts) && { key: 'reason.only_activation', values: { activation: 'elu' } },
  norm_momentum: (spec) => !needsBatches(spec) && { key: 'reason.no_norm' },
  norm_epsilon: (spec) => !needsBatches(spec) && { key: 'reason.no_norm' },
  init_std: (spec) => spec.initializer !== 'normal' && { key: 'reason.only_initializer', values: { initializer: 'normal' } },
  init_constant: (spec) => spec.initializer !== 'constant' && { key: 'reason.only_initializer', values: { initializer: 'constant' } },
  huber_delta: (spec) => spec.loss !== 'huber' && { key: 'reason.only_loss', values: { loss: 'huber' } },
  clip_limit: (spec) => spec.clip === 'none' && { key: 'reason.no_clip' },
  schedule_steps: (spec) => spec.schedule === 'constant' && { key: 'reason.no_schedule' },
  schedule_factor: (spec) => spec.schedule === 'constant' && { key: 'reason.no_schedule' },
};

/**
 * Why a setting means nothing now; null where it does something.
 * @param {string} field @param {Spec} spec @param {Facts | null} facts @returns {Reason | null}
 */
export function idleReason(field, spec, facts) {
  if (!facts) return null;
  const readers = Object.keys(facts.reads).filter((optimizer) => facts.reads[optimizer].includes(field));
  if (readers.length && !readers.includes(spec.optimizer)) return { key: 'reason.only_optimizers', values: { optimizers: readers } };
  return IDLE[field]?.(spec, facts, kindOf(spec, facts)) || null;
}

/** Why an option cannot be picked now. @type {Record<string, (option: string, spec: Spec, facts: Facts) => string | false>} */
const CLOSED = {
  loss: (option, spec, facts) =>
    (facts.class_losses.includes(option) && kindOf(spec, facts).targets === 'values' && 'reason.needs_classes') ||
    (spec.optimizer === 'perceptron' && option !== 'mse' && 'reason.perceptron_loss'),
  optimizer: (option, spec, facts) =>
    (option === 'perceptron' && classCount(spec, facts) !== 2 && 'reason.two_classes') ||
    (option === 'evolution' && isRandom(spec) && 'reason.evolution'),
  output_activation: (option, spec, facts) =>
    (option !== '' && option !== 'linear' && facts.logit_losses.includes(spec.loss) && 'reason.logits') ||
    (spec.optimizer === 'perceptron' && option !== 'step' && 'reason.perceptron_output'),
  dataset: (option, spec, facts) => (facts.missing.includes(option) && 'reason.missing') || ownReason(option, spec.own_points),
};

/** @param {string} dataset @param {number[][]} points */
function ownReason(dataset, points) {
  if (dataset !== 'own' && dataset !== 'own_values') return false;
  if (!points.length) return 'reason.no_points';
  if (dataset === 'own_values') return false;
  const labels = new Set(points.map(([, , label]) => label));
  if ([...labels].some((label) => !Number.isInteger(label) || label < 0 || label > 7)) return 'reason.labels';
  return labels.size < 2 && 'reason.one_class';
}

/**
 * Why an option of a choice cannot be picked now; null where it can.
 * @param {string} field @param {string} option '' stands for null @param {Spec} spec @param {Facts | null} facts @returns {Reason | null}
 */
export function closedReason(field, option, spec, facts) {
  const key = facts && CLOSED[field]?.(option, spec, facts);
  return key ? { key } : null;
}

/**
 * Why a layer cannot have an extra now; null where it can.
 * @param {'dropout' | 'batch_norm' | 'residual'} extra @param {number} layer @param {Spec} spec @param {Facts | null} facts @returns {Reason | null}
 */
export function layerReason(extra, layer, spec, facts) {
  if (extra !== 'residual') return spec.optimizer === 'evolution' ? { key: 'reason.layer_evolution' } : null;
  if (!facts || keepsWidth(spec, layer, facts)) return null;
  const below = layer ? spec.hidden[layer - 1].width : inputCount(spec, facts);
  return { key: 'reason.residual', values: { below, width: spec.hidden[layer].width } };
}

/** What the perceptron rule sets aside, and the rule it replaces: to be had again once it is left. @param {Spec} spec @returns {Spec} */
export const setAside = (spec) => Object.fromEntries(['optimizer', ...Object.keys(PERCEPTRON)].map((name) => [name, spec[name]]));

/**
 * A change, with what must change along with it so that everything still goes together, and a note on each such thing.
 * @param {Spec} spec  as it is @param {Spec} change  as asked for @param {Facts | null} facts
 * @param {Spec | null} [aside]  what the perceptron rule has set aside, where that is known
 * @returns {{change: Spec, notes: Reason[]}}
 */
export function withCompanions(spec, change, facts, aside = null) {
  /** @type {Reason[]} */
  const notes = [];
  if (!facts) return { change, notes };
  let next = { ...spec, ...change };
  let whole = { ...change };

  /** @param {string} key @param {Spec} fields @param {Record<string, any>} [values] */
  const along = (key, fields, values) => {
    const open = Object.entries(fields).filter(([name, value]) => !(name in change) && JSON.stringify(next[name]) !== JSON.stringify(value));
    if (!open.length) return;
    const added = Object.fromEntries(open);
    next = { ...next, ...added };
    whole = { ...whole, ...added };
    notes.push({ key, values: { ...values, fields: Object.keys(added).filter((name) => name !== 'optimizer') } });
  };

  if (change.optimizer === 'perceptron') along('along.perceptron', PERCEPTRON);
  else if (spec.optimizer === 'perceptron') {
    const fits = !next.hidden.length && classCount(next, facts) === 2 && next.loss === 'mse' && next.output_activation === 'step';
    const untouched = Object.entries(PERCEPTRON).filter(([name, value]) => JSON.stringify(spec[name]) === JSON.stringify(value));
    const back = aside ? Object.fromEntries(untouched.map(([name]) => [name, aside[name]])) : { output_activation: null };
    const rule = aside?.optimizer ?? 'sgd';
    if (next.optimizer !== 'perceptron') along(aside ? 'along.back' : 'along.left_step', back);
    else if (!fits) along('along.left_perceptron', { optimizer: rule, ...back }, { optimizer: rule });
  }
  if (facts.class_losses.includes(next.loss) && kindOf(next, facts).targets === 'values') along('along.loss', { loss: 'mse' });
  if (facts.logit_losses.includes(next.loss) && ![null, 'linear'].includes(next.output_activation)) along('along.output', { output_activation: null });
  if (kindOf(next, facts).plane && next.samples > facts.most_plane_samples) along('along.samples', { samples: null });
  if (needsBatches(next) && next.batch_size === 1) along('along.batch', { batch_size: SAFE_BATCH }, { size: SAFE_BATCH });

  const broken = next.hidden.flatMap((/** @type {Layer} */ { residual }, /** @type {number} */ i) => (residual && !keepsWidth(next, i, facts) ? [i] : []));
  if (broken.length) {
    whole.hidden = next.hidden.map((/** @type {Layer} */ layer, /** @type {number} */ i) => (broken.includes(i) ? { ...layer, residual: false } : layer));
    notes.push({ key: 'along.residual', values: { layers: broken.map((/** @type {number} */ i) => String(i + 1)) } });
  }
  return { change: whole, notes };
}

/**
 * Why an experiment as a whole cannot be; null where nothing is known against it.
 * @param {Spec} spec @param {Facts | null} facts @returns {Reason | null}
 */
export function conflict(spec, facts) {
  if (!facts) return null;
  if (needsBatches(spec) && spec.batch_size === 1) return { key: 'conflict.batch_norm' };
  if (spec.optimizer === 'evolution' && isRandom(spec)) return { key: 'conflict.evolution' };
  const sizes = [inputCount(spec, facts), ...spec.hidden.map((/** @type {Layer} */ layer) => layer.width), outputCount(spec, facts)];
  const count = sizes.slice(1).reduce((sum, width, i) => sum + width * (sizes[i] + 1), 0);
  if (needsBatches(spec)) {
    const units = sizes.reduce((sum, width) => sum + width, 0);
    const kind = kindOf(spec, facts);
    const wanted = wantedSamples(spec, kind);
    const samples = Math.min(spec.batch_size ?? Infinity, kind.whole ? wanted : Math.round(wanted * spec.train_fraction));
    const values = { samples, units, most: facts.most_normed, batch: Math.floor(facts.most_normed / units) };
    if (samples * units > facts.most_normed) return { key: 'conflict.normed', values };
  }
  return count > facts.most_parameters ? { key: 'conflict.parameters', values: { count, most: facts.most_parameters } } : null;
}

/**
 * Whether two Specs are the same experiment, tuned live at most; another rule of descent makes it another one.
 * @param {Record<string, import('../core/schema.js').Field>} fields @param {Spec} one @param {Spec} other
 */
export function sameExperiment(fields, one, other) {
  return Object.keys(fields).every((name) => {
    const tuned = DRAWN.includes(name) || (fields[name].live && name !== 'optimizer');
    return tuned || JSON.stringify(one[name]) === JSON.stringify(other[name]);
  });
}
