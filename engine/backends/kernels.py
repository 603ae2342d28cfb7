"""Kernels: training and inference of a stack of linear layers, compiled once for every shape and every setting.

`compiled.py` makes their arrays; all are flat and float32 unless said.

    plan        (layers, 9) int64   the columns of `passes.py`
    parameters  tiles of every layer, then biases of every layer; so too gradient, updates and memory (2, …)
    values      (groups, rows, 16)  the inputs and every layer's activations; a group's rows take `stride` numbers
    deltas      like values         ∂L/∂a, then ∂L/∂z, of every layer
    order       (samples + 16,) int64   the order of an epoch; its end only keeps `gather` inside the array
    inputs      (samples, features)
    targets     (samples, outputs)
"""

from typing import Any

import numpy as np

from engine.backends.cache import cached
from engine.backends.lanes import WIDTH, gather, inlined, lane_numbers, load, splat, store, total, where_positive
from engine.backends.passes import OUTS, TARGET, backward, forward, loss_slope
from engine.backends.rules import DIVERGENCE, L1, L2, add_penalties, is_sound, update

STEP, EPOCH, CURSOR, OPTIMIZER_STEPS, DIVERGED, ORDER_EPOCH = range(6)
"""Counters, int64. DIVERGED is 0 while all is well; ORDER_EPOCH is the epoch `order` belongs to, −1 for none."""

BATCH_SIZE, OPTIMIZER, LOSS, SEED, WEIGHTS_END = range(5)
"""Choices, int64. Parameters before WEIGHTS_END are weights."""


# Mini-batches


@inlined
def shuffle(order: Any, count: Any, seed: Any, epoch: Any) -> Any:
    """The twin of `seeds.batch_order`."""
    gamma = np.uint64(0x9E3779B97F4A7C15)
    mix_1 = np.uint64(0xBF58476D1CE4E5B9)
    mix_2 = np.uint64(0x94D049BB133111EB)
    state = np.uint64(seed) * gamma + np.uint64(epoch) * mix_1 + mix_2
    for i in range(count):
        order[i] = i
    for i in range(count - 1, 0, -1):
        state += gamma
        z = state
        z = (z ^ (z >> np.uint64(30))) * mix_1
        z = (z ^ (z >> np.uint64(27))) * mix_2
        z = z ^ (z >> np.uint64(31))
        j = ((z >> np.uint64(32)) * np.uint64(i + 1)) >> np.uint64(32)
        other = order[j]
        order[j] = order[i]
        order[i] = other


@inlined
def batch_gradient(
    plan: Any, parameters: Any, gradient: Any, inputs: Any, targets: Any, order: Any, start: Any, count: Any,
    loss_kind: Any, values: Any, deltas: Any, stride: Any,
) -> Any:  # fmt: skip
    """Loss of samples order[start : start + count], and its gradient.

    In the last group lanes may be left over. They take whatever samples come next, and count nothing in the mean.
    """
    last = plan.shape[0] - 1
    features = inputs.shape[1]
    outputs = targets.shape[1]
    share = splat(1 / (count * outputs))
    groups = (count + WIDTH - 1) // WIDTH
    loss = splat(0.0)
    for group in range(groups):
        base = group * stride
        place = group * WIDTH
        for feature in range(features):
            store(values, base + feature * WIDTH, gather(inputs, order, start + place, features, feature))
        forward(plan, parameters, values, base)
        counts = where_positive(splat(float(count - place)) - lane_numbers(), share, splat(0.0))
        row = base + plan[last, TARGET] * WIDTH
        for output in range(outputs):
            goal = gather(targets, order, start + place, outputs, output)
            loss += loss_slope(loss_kind, values, deltas, row + output * WIDTH, goal, counts)
    backward(plan, parameters, gradient, values, deltas, stride, groups)
    return total(loss)


@cached
def advance(
    steps: Any, plan: Any, choices: Any, settings: Any, counters: Any, inputs: Any, targets: Any, order: Any,
    parameters: Any, gradient: Any, memory: Any, updates: Any, values: Any, deltas: Any, stride: Any,
) -> None:  # fmt: skip
    """So many mini-batch steps, or fewer where one diverges."""
    samples = inputs.shape[0]
    for _ in range(steps):
        if counters[DIVERGED] > 0:
            return
        if counters[ORDER_EPOCH] != counters[EPOCH]:
            shuffle(order, samples, choices[SEED], counters[EPOCH])
            counters[ORDER_EPOCH] = counters[EPOCH]
        start = counters[CURSOR]
        count = min(choices[BATCH_SIZE], samples - start)
        loss = batch_gradient(
            plan, parameters, gradient, inputs, targets, order, start, count, choices[LOSS], values, deltas, stride,
        )  # fmt: skip
        if settings[L1] != 0 or settings[L2] != 0:
            add_penalties(parameters, gradient, choices[WEIGHTS_END], settings[L1], settings[L2])
        if not is_sound(loss, gradient, settings[DIVERGENCE]):
            counters[DIVERGED] = counters[STEP] + 1
            return
        counters[OPTIMIZER_STEPS] += 1
        update(choices[OPTIMIZER], settings, counters[OPTIMIZER_STEPS], parameters, gradient, memory, updates)
        counters[STEP] += 1
        counters[CURSOR] += count
        if counters[CURSOR] == samples:
            counters[EPOCH] += 1
            counters[CURSOR] = 0


# Over many points


@cached
def whole_gradient(
    plan: Any, choices: Any, inputs: Any, targets: Any, order: Any, parameters: Any, gradient: Any, sums: Any,
    values: Any, deltas: Any, stride: Any,
) -> float:  # fmt: skip
    """Mean loss of all samples; writes its gradient to `sums`. Takes as many at a time as the buffers hold."""
    samples = inputs.shape[0]
    room = values.size // stride * WIDTH
    loss = 0.0
    for i in range(0, sums.size, WIDTH):
        store(sums, i, splat(0.0))
    for start in range(0, samples, room):
        count = min(room, samples - start)
        part = count / samples
        loss += part * batch_gradient(
            plan, parameters, gradient, inputs, targets, order, start, count, choices[LOSS], values, deltas, stride,
        )  # fmt: skip
        for i in range(0, sums.size, WIDTH):
            store(sums, i, load(sums, i) + splat(part) * load(gradient, i))
    return loss


@cached
def infer(plan: Any, parameters: Any, inputs: Any, values: Any, outputs: Any) -> None:
    """Inference for inputs (features, n), n ≥ 16: activations of all layers, one after the other, each (width, n).

    The last group starts sixteen before the end and so takes some points a second time.
    """
    features, samples = inputs.shape
    for group in range((samples + WIDTH - 1) // WIDTH):
        start = min(group * WIDTH, samples - WIDTH)
        for feature in range(features):
            store(values, feature * WIDTH, load(inputs, feature * samples + start))
        forward(plan, parameters, values, 0)
        place = start
        for layer in range(plan.shape[0]):
            row = plan[layer, TARGET] * WIDTH
            for _ in range(plan[layer, OUTS]):
                store(outputs, place, load(values, row))
                row += WIDTH
                place += samples
