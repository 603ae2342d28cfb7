// @ts-check
// Types of what the server says as JSON: messages over the socket, and answers of /api. No code. Frames are in frames.js;
// a number that is not finite comes as null, as JSON has no word for it.

export {};

/** @typedef {{width: number, activation: string | null, dropout: number, batch_norm: boolean, residual: boolean}} Layer  hidden; activation null: that of the Spec */
/** @typedef {[number, number, number]} LabelledPoint  x1, x2, and its target: ±1, the number of its class, or a value */

/**
 * The fields of engine/spec/spec.py that the page reads by name; controls read all of them by the names of the schema.
 * @typedef {object} NamedFields
 * @property {string} dataset
 * @property {number | null} samples
 * @property {string[]} features
 * @property {number} classes
 * @property {LabelledPoint[]} own_points
 * @property {[number, number][]} own_units  zero and unit of x1, x2 and the label in the file that they come from
 * @property {string[]} own_names  of x1, x2 and the label in that file, then of its classes
 * @property {number} random_inputs
 * @property {number} random_outputs
 * @property {Layer[]} hidden
 * @property {string} activation
 * @property {string | null} output_activation
 * @property {number} leaky_slope
 * @property {number} elu_alpha
 * @property {boolean} biases
 * @property {string} initializer
 * @property {string} loss
 * @property {'mean' | 'sum'} reduction
 * @property {number} l1
 * @property {number} l2
 * @property {string} optimizer
 * @property {number} learning_rate
 * @property {number | null} batch_size  null: the whole training set
 * @property {number | null} weight_decay
 * @property {boolean} centered
 * @property {string} clip
 * @property {string} schedule
 * @property {number} warmup_steps
 * @property {number} seed
 * @property {number | null} data_seed  of the samples; null: the seed
 * @property {number | null} start_seed  of the first weights; null: the seed
 */
/** @typedef {NamedFields & Record<string, unknown>} Spec  one experiment */
/** @typedef {Partial<NamedFields> & Record<string, unknown>} SpecChange  the fields that are to be other */

/**
 * @typedef {object} Kind  of a data set
 * @property {'classes' | 'values'} targets
 * @property {number | null} samples  null: as many as it has points of its own
 * @property {boolean} only  there are no others beside these samples
 * @property {boolean} plane  inputs are features of points of the plane; else columns of their own
 * @property {number} low @property {number} high  the part of the plane that is drawn, both ways
 * @property {number} unit  coordinates and targets enter the network divided by this
 * @property {number | null} classes  null: the Spec says
 * @property {number} inputs  columns, where they are not of the plane; 0: the Spec says
 * @property {number} side  pixels a side where inputs are pictures; 0: they are none
 * @property {number} outputs  values per sample; 0: the Spec says
 * @property {boolean} noise  the noise means something
 * @property {boolean} whole  all samples are training and test set at once
 */

/**
 * @typedef {object} RunState  of the session, without its data
 * @property {string} session  its name
 * @property {boolean} copied  whether it began as a copy of another, for a duplicated tab
 * @property {number} revision  of the Spec
 * @property {boolean} playing
 * @property {number | null} speed  steps per second; null: as fast as the machine can
 * @property {'training' | 'paused' | 'diverged'} status
 * @property {number | null} diverged  the step
 * @property {number} step
 * @property {number} epoch
 * @property {Spec} spec
 * @property {Kind} kind
 * @property {number} classes  0: targets are values
 * @property {number} outputs
 * @property {string} last_activation
 * @property {number} threshold  of one output, above which it says the second class
 * @property {number} low_target  what a class's output is to be for other classes, −1 or 0; 1 for its own
 * @property {boolean} has_test_set  else all points are trained on
 * @property {number[]} sizes  inputs, hidden…, outputs
 * @property {number[][] | null} drawn  for each of these columns the neurons that are drawn; null: all
 * @property {[string, number[]][]} tensors  names and shapes
 * @property {Record<string, string> | null} rule  of muon, by tensor
 * @property {boolean} inseparable
 * @property {number} batches_per_epoch
 * @property {number} training_samples
 * @property {number} parameters_count
 * @property {string | null} stopped  the stop rule that ended the run
 * @property {string | null} planted  the bug
 * @property {string} engine  that trains, or would without the bug
 */

/** @typedef {{train: LabelledPoint[], test: LabelledPoint[]}} Points */
/** @typedef {{side: number, count: number, samples: {label: number, pixels: number[]}[]}} Pictures  pixels: side², 0 … 255 */
/** @typedef {{inputs: number[][], targets: number[][]}} Samples  the first of the training set, in rows */
/** @typedef {RunState & {type: 'state', points?: Points, pictures?: Pictures | null, samples?: Samples | null}} StateMessage  with its data at a start, or over a new connection */

/** @typedef {{steps: number[], train_loss: (number | null)[], test_loss: (number | null)[]}} LossCurve */
/** @typedef {{epochs: number[], steps: number[], train_loss: (number | null)[], test_loss: (number | null)[], train_accuracy: (number | null)[], test_accuracy: (number | null)[], errors: (number | null)[]}} LogColumns  a row for each epoch that has one */
/**
 * @typedef {object} EpochRow  of the log
 * @property {number} epoch
 * @property {number} step  at its end
 * @property {number | null} train_loss
 * @property {number | null} test_loss
 * @property {number | null} train_accuracy
 * @property {number | null} test_accuracy
 * @property {number | null} errors  of the perceptron in the epoch
 */
/**
 * @typedef {object} History  of the branch the run is on, thinned
 * @property {number[]} steps
 * @property {(number | null)[]} train_loss
 * @property {(number | null)[]} test_loss
 * @property {(number | null)[][]} gradient_norms  a line for each layer
 * @property {{steps: number[], layers: Record<string, (number | null)[][]>}} measured  by quantity, a line for each layer
 * @property {EpochRow[]} log
 */
/** @typedef {Omit<History, 'log'> & {type: 'history', log: LogColumns}} HistoryMessage */
/** @typedef {LossCurve & {gradient_norms: (number | null)[][], log: LogColumns}} Entries  of the loss curve and the log, since those that are there */
/** @typedef {{name: string, kind: '<f4' | '<f2' | '|i1' | '|u1', shape: number[], offset: number}} Section  offset: in bytes, in a picture that is not packed */
/**
 * @typedef {object} Layout  of the frames of a revision
 * @property {number} version
 * @property {number} revision
 * @property {number} header_bytes
 * @property {number} raw_bytes  of the sections that are not packed
 * @property {number} bytes  of all sections, not packed
 * @property {'deflate'} packing  of the others
 * @property {number[]} sizes  inputs, hidden…, outputs
 * @property {number[][] | null} drawn  for each of these columns the neurons that are drawn; null: all
 * @property {[string, number[]][]} tensors  names and shapes; of large networks rows and columns of drawn neurons only
 * @property {'plane' | 'weights' | null} maps  what they are of
 * @property {number | null} threshold  of the boundary: above it, class 1 of two
 * @property {string[]} stop_rules
 * @property {Section[]} sections
 */

/** @typedef {Record<string, number | null>} Metrics  accuracy, precision, recall, f1; or r2, mae, rmse */
/** @typedef {{fpr: number[], tpr: number[], auc: number}} Roc  from 0 to 1 */
/**
 * @template T
 * @typedef {{train: T, test: T}} Both
 */
/**
 * @typedef {object} Scores
 * @property {number} revision
 * @property {number} step
 * @property {Both<Metrics>} scores
 * @property {Both<number[][]> | null} confusion  rows: true classes, columns: predicted classes
 * @property {Both<Roc | null> | null} roc  of two classes
 * @property {Both<{whole: number | null, each: (number | null)[]}> | null} r2  of several values: of all together, and of each
 * @property {Both<string> | null} predicted  of classes on the plane: a digit for each point, the class it is taken for
 */

/** @typedef {{parent: number | null, begins: number, ends: number, changed: string[], curve: LossCurve}} Branch  begins, ends: steps */
/** @typedef {{current: number, step: number, undo: number, redo: number, undo_number: number | null, redo_number: number | null, branches: Branch[]}} Timeline  undo, redo: how many changes; undo_number, redo_number: of the next one, the same before and after it is undone */
/**
 * @typedef {object} Peeked  the plane as a branch ended
 * @property {number} branch
 * @property {number} step
 * @property {number | null} test_loss
 * @property {number} side
 * @property {(number | null)[] | null} values  side², row by row
 * @property {{winners: number[], strength: number[]} | null} classes
 */

/**
 * @typedef {object} LayerHealth
 * @property {number | null} norm
 * @property {number | null} mean
 * @property {number | null} largest
 * @property {number | null} zeros
 * @property {number | null} update_ratio
 * @property {number[]} histogram  how many |∂L/∂w| lie in each decade
 * @property {number | null} saturated
 * @property {number[] | null} dead  neurons; null: there are no ReLUs
 * @property {number | null} dead_share
 * @property {number | null} spread
 */
/** @typedef {{code: string, values: Record<string, number>, layer: number | null, neurons: number[]}} Finding  neurons: none means all of the layer */
/** @typedef {{revision: number, branch: number, step: number, layers: LayerHealth[], findings: Finding[]}} Health */

/** @typedef {{tensor: string, index: number[]}} Entry  of a tensor */
/** @typedef {Entry & {quantity: string}} ComparedEntry  quantity: what an optimizer remembers, "updates", or a counter, whose tensor is ''; else '' */
/** @typedef {{witness: string, reason: 'kink' | 'step' | 'batch'}} Silence */
/** @typedef {ComparedEntry & {witness: string, difference: number | null, tolerance: number, agrees: boolean, hand: number | null, other: number | null}} Compared */
/** @typedef {{revision: number, step: number, state: 'none', planted: string | null}} NotChecked  there is no step to compare */
/**
 * @typedef {ComparedEntry & {
 *   revision: number, step: number, state: 'green' | 'silent' | 'red', planted: string | null, difference: number | null, witness: string,
 *   kinks: number, tried: number, rule: string, parameters: number, samples: number, compared: Compared[], silent: Silence[],
 *   gradient: {hand: number | null, autograd: number | null, differences: number | null}, gradients: (Entry & {hand: number | null, autograd: number | null})[] | null,
 * }} CheckedStep  gradients: of all parameters of a small network
 */
/** @typedef {{revision: number, step: number, state: 'failed', reason: 'died' | 'time' | 'memory' | 'error', limit: number | null, planted: string | null}} CheckFailed  limit: of seconds or bytes */
/** @typedef {NotChecked | CheckFailed | CheckedStep} Checked */

/** @typedef {{kind: 'neuron' | 'weight' | 'bias' | 'norm' | 'point' | 'layer' | 'loss', layer: number, index: number, source: number}} Subject  what a number belongs to */
/** @typedef {{symbol: string, value: number | null, factors: [string, number | null][], subject: Subject | null}} Term */
/** @typedef {{name: string, op: 'sum' | 'product' | 'value', symbol: string, total: number | null, main: boolean, wrong: boolean, terms: Term[]}} Line */
/** @typedef {{step: number, next: boolean, subject: Subject, sample: number, batch: number[], lines: Line[]}} Explanation  next: of the step to come */

/** @typedef {{norm: 'none' | 'batch' | 'running', dropout: boolean, residual: boolean, residual_above: boolean}} LayerForm */
/** @typedef {{name: string, layer: number | null, bound: Record<string, number[]>, form: LayerForm | null}} Phase  form: of forward and backward */
/** @typedef {{lines: string, planted: boolean}} Code  planted: a bug */
/** @typedef {{step: number, batch: number[], sample: number, phases: Phase[], code: Record<string, Code[]>}} OpenedStep  the step to come, phase by phase */

/** @typedef {{type: 'error' | 'notice', code: string, message: string, values: Record<string, any>, own?: boolean}} Sentence  own: of this viewer's doing */

/**
 * @typedef {object} Choices  what goes with what
 * @property {Record<string, Kind>} datasets
 * @property {Record<string, string[]>} reads  optimizer → its own settings
 * @property {string[]} class_losses
 * @property {string[]} logit_losses
 * @property {number} most_batch
 * @property {number} most_classes  of points of one's own
 * @property {number} most_data  samples times inputs
 * @property {number} most_multiplications  of a step
 * @property {number} neuron_multiplications  what a neuron's own value costs
 * @property {number} most_normed
 * @property {number} most_own_points
 * @property {number} longest_name  of a column or a class of one's own points
 * @property {number} most_parameters
 * @property {number} most_plane_samples
 * @property {number} unsplit  fewer samples than this are training and test set at once
 * @property {number} largest_value  of a parameter set by hand
 * @property {string[]} bugs
 * @property {string[]} engines  the usual one first
 * @property {string[]} without_gradient  bugs of rules that have none
 * @property {number} points_bytes  of a file of points
 * @property {number} model_bytes  of a file of weights
 * @property {number} usual_pace  in steps per second
 * @property {string[]} missing  data sets whose files the server has not
 */
/** @typedef {{samples: number | null, regression: boolean, classes: number, points?: LabelledPoint[], picture?: number[][] | null}} DataThumbnail */
/** @typedef {{side: number, scale: number, values: number[]}} FeatureMap  value = q / 127 · scale, row 0 is the top */
/** @typedef {{properties: Record<string, any>, $defs: Record<string, any>}} SpecSchema  JSON schema of the Spec */
/** @typedef {{name: string, rows: string[], group: string, steps: number, page: string | null, race: string | null, bug: string | null, numbers: boolean, inspect: 'neuron' | 'weight' | null, panel: 'results' | 'log' | null, steps_per_second: number, spec: Spec | null, sizes: number[] | null}} Preset */
/** @typedef {{name: string, spec: Spec, repair: SpecChange, steps: number}} Failure  a run that goes wrong, and what mends it */

/** @typedef {{knob: string, values: number[]}} SweepAxis */
/** @typedef {{kind: 'sweep', spec: Spec, x: SweepAxis, y: SweepAxis, epochs: number, seeds: number, measure: string, target: number, columns: string[]}} SweepPlan */
/** @typedef {{kind: 'luck', spec: Spec, seeds: number, epochs: number, vary: string, against: SpecChange | null, curve_epochs: number[]}} LuckPlan */
/** @typedef {{median: number | null, interval: (number | null)[] | null}} LuckMedian */
/** @typedef {{better: number, worse: number, equal: number, p: number, share: {low: number, high: number}}} LuckComparison */
/** @typedef {{set_up: number, number: number, seed: number, data_seed: number | null, start_seed: number | null, steps: number, diverged: boolean, test_loss: number | null, test_accuracy: number | null, curve: (number | null)[], medians?: LuckMedian[], comparison?: LuckComparison | null}} LuckRun  the last one has what is said of all */
/** @typedef {{rates: number[], losses: number[], steepest: number | null, last_stable: number | null}} RateSearch */
/** @typedef {{number: number, state: 'waiting' | 'working' | 'stopped' | 'done' | 'ended', done: number, runs: number, seconds_left: number, waiting: number, parts: any[], plan: any}} StudyMessage  parts: of the whole study so far; plan: by its kind */
/** @typedef {{runs: number, seconds: number}} StudyCost */
/** @typedef {{failed?: boolean, code: string, values: any, step: number, revision: number, plane: number | null, side: number, x: [number, number], y: [number, number], loss: string, of_all: string | null, now: number, path: number[][], share: number | null, others: {session: string, path: number[][], share: number | null}[], next: number[][], next_share: number | null, middle: number[] | null}} LandscapeMessage  code, values: of what failed; of_all: beside a batch the loss of the whole training set; others: of the compared runs that were asked for, those of the same network */
/** @typedef {{failed?: boolean, number?: number, picture?: import('../draw/plane/cards.js').Picture | null}} RunPictureMessage */
/** @typedef {{failed?: boolean, code: string, values: any, step: number, revision: number, count: number, rate: number, bound: number | null, preconditioned: number | null, verdict: string, notes: string[]}} CurvatureMessage  values: the largest eigenvalues, falling; count: how many were asked for, of which a small network has fewer */
