"""Positions of choices, settings and counters in the arrays of the kernels, and the numbers of each choice."""

(
    INS, OUTS, IN_TILES, OUT_TILES, WEIGHT, BIAS, HAS_BIAS, SOURCE, TARGET, ACTIVATION,
    DROPPED, HAS_NORM, SCALE, SHIFT, STATISTICS, RESIDUAL,
) = range(16)  # fmt: skip
"""Columns of the plan, int64, one row for each layer: inputs and outputs, in units and in tiles; offsets of its weights
and biases; SOURCE and TARGET, the first rows in values of its inputs and of its own; then what follows the product.
DROPPED is dropout·2²⁴; SCALE and SHIFT are the offsets of γ and β."""
COLUMNS = 16

(
    BATCH_SIZE, OPTIMIZER, LOSS, STEP_LOSS, SUMMED, SEED, WEIGHTS_END, SCHEDULE, CLIP, CENTERED, AMSGRAD, NESTEROV,
    NEWTON_SCHULZ_STEPS, PAIRS,
) = range(14)  # fmt: skip
"""Choices, int64. Parameters before WEIGHTS_END are weights; STEP_LOSS is the loss of a training step."""

(
    LEARNING_RATE, L1, L2, DECAY, MOMENTUM, DAMPENING, ALPHA, RATE_DECAY, BETA1, BETA2, EPSILON, MUON_MOMENTUM, SIGMA,
    CLIP_LIMIT, SCHEDULE_STEPS, SCHEDULE_FACTOR, WARMUP_STEPS, DIVERGENCE,
    LEAKY_SLOPE, ELU_ALPHA, HUBER_DELTA, NORM_MOMENTUM, NORM_EPSILON,
    MEMORY_KEPT, MEMORY_SHARE, GROWTH, CHANGE_BY_MEMORY, OTHER_CHANGE, KEEP_SCALES,
) = range(29)  # fmt: skip
"""Settings, float64; from KEEP_SCALES on 1/(1 − dropout) of each layer. `safety.py` has the five before it."""

STEP, EPOCH, CURSOR, OPTIMIZER_STEPS, SAMPLES, DIVERGED, ORDER_EPOCH = range(7)
"""Counters, int64. DIVERGED is the step that could not be taken, else 0; ORDER_EPOCH is the epoch of `order`, or −1."""
LOSS_SUM, EPOCH_LOSS = range(2)
"""Losses, float64."""

MEMORY_BOUND, PARAMETER_BOUND = range(2)
"""Bounds, float64: no parameter, and nothing that the optimizer remembers of gradients, is larger in size."""

LINEAR, STEP_AT_0, SIGMOID, TANH, RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS = range(10)
MSE, MAE, HUBER, BCE, CROSS_ENTROPY, PERCEPTRON_ERROR = range(6)
SGD, MOMENTUM_RULE, NAG, ADAGRAD, RMSPROP, ADAM, MUON, EVOLUTION = range(8)
CONSTANT, STEPS, EXPONENTIAL, COSINE = range(4)
UNCLIPPED, NORM, VALUE = range(3)

(
    ROOM, BOUNDARY, DIFFERENCE, CLASSES, MAPS, MAPS_OF_WEIGHTS, MAP_CELLS, HALVES,
    BOUNDARY_SCALE_AT, MAP_SCALES_AT, MAP_RANGES_AT, SCALES_AT, VALUES_AT, BOUNDARY_AT, MAPS_AT,
) = range(15)  # fmt: skip
SCENE_CHOICES = 15
"""Choices of a scene, int64. ROOM: samples or cells at a time. Cells of the BOUNDARY, or 0; whether it is a DIFFERENCE
of two outputs, or shows CLASSES. Whether the tensors are HALVES. Then where sections start, in numbers of their kind;
that of scales and of values is the one of the parameters, the others follow."""

THRESHOLD, LOW_TARGET, LARGEST, SMALLEST_SCALE = range(4)
"""Numbers of a scene, float64."""

TRAIN_LOSS, TEST_LOSS, TRAIN_ACCURACY, TEST_ACCURACY, PENALTY, GRADIENT_NORMS = range(6)
"""Readings, float64: one norm for each layer at the end."""
