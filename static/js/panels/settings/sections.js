// @ts-check
// The order of the settings, in sections. Own points are left out: they are drawn on the plane or come from a file.

/** @type {[string, string[]][]} */
export const SECTIONS = [
  ['data', ['dataset', 'classes', 'function', 'noise', 'samples', 'train_fraction', 'features', 'normalize', 'random_inputs', 'random_outputs']],
  ['network', ['hidden', 'output_activation', 'biases', 'norm_momentum', 'norm_epsilon']],
  ['activation', ['activation', 'leaky_slope', 'elu_alpha']],
  ['loss', ['loss', 'huber_delta', 'reduction']],
  ['optimizer', [
    'optimizer', 'learning_rate', 'momentum', 'dampening', 'rate_decay', 'initial_accumulator', 'alpha', 'centered', 'muon_momentum', 'nesterov',
    'newton_schulz_steps', 'beta1', 'beta2', 'epsilon', 'amsgrad', 'sigma', 'pairs', 'weight_decay',
  ]],
  ['penalties', ['l1', 'l2', 'clip', 'clip_limit']],
  ['schedule', ['schedule', 'schedule_steps', 'schedule_factor', 'warmup_steps']],
  ['batch', ['batch_size']],
  ['stop', ['stop_steps', 'stop_epochs', 'stop_loss', 'stop_change', 'stop_patience']],
  ['start', ['initializer', 'init_std', 'init_constant', 'seed', 'data_seed', 'start_seed']],
];

/** What an optional field that is null by default starts with when it is switched on. @type {Record<string, number>} */
export const FIRST_VALUES = {
  samples: 500, batch_size: 10, weight_decay: 0.01, stop_steps: 10_000, stop_epochs: 100, stop_loss: 0.01, stop_change: 1e-5, stop_patience: 20, data_seed: 7, start_seed: 7,
};
