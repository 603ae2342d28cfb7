"""Kernels: forward, loss, backward and update of a stack of linear layers, compiled once for every shape and setting.

Samples lie in lanes: sixteen make a group, and a neuron's values for a group are one Lanes, a row. Weights lie in
tiles of 4 outputs × 4 inputs, one Lanes each, widths filled up with zeros to whole tiles; zeros stay zeros, for their
gradients are zero. `compiled.py` makes these arrays; all of them are flat, float32 unless said.

    plan        (layers, 9) int64   the columns below
    parameters  tiles of every layer, then biases of every layer; so too gradient, updates and memory (2, …)
    values      (groups, rows, 16)  the inputs and every layer's activations
    deltas      like values         ∂L/∂z of every layer
    order       (samples + 16,) int64   the order of an epoch; its end only keeps `gather` inside the array
"""

from typing import Any

import numpy as np

from engine.backends.cache import cached
from engine.backends.elementary import sigmoid, softplus, tanh
from engine.backends.lanes import (
    WIDTH,
    absolute,
    beyond,
    broadcast,
    gather,
    inlined,
    lane_numbers,
    larger,
    load,
    splat,
    square_root,
    store,
    store_four,
    sum_four,
    sum_sixteen,
    total,
    where_positive,
)

TILE = 4

INS, OUTS, IN_TILES, OUT_TILES, WEIGHT, BIAS, SOURCE, TARGET, ACTIVATION = range(9)
"""Columns of the plan: widths, in units and in tiles; where the layer's parameters start; its rows in values, below
and of its own; its activation."""

STEP, EPOCH, CURSOR, OPTIMIZER_STEPS, DIVERGED, ORDER_EPOCH = range(6)
"""Counters, int64. DIVERGED is 0 while all is well; ORDER_EPOCH is the epoch `order` belongs to, −1 for none."""

BATCH_SIZE, OPTIMIZER, LOSS, SEED, WEIGHTS_END = range(5)
"""Choices, int64. Parameters before WEIGHTS_END are weights."""

LEARNING_RATE, L1, L2, MOMENTUM, BETA1, BETA2, EPSILON, DIVERGENCE = range(8)
"""Settings, float64."""

LINEAR, RELU, TANH, SIGMOID = range(4)
MSE, BCE = range(2)
SGD, MOMENTUM_RULE, ADAM = range(3)


# Forward


@inlined
def forward(plan: Any, parameters: Any, values: Any, base: Any) -> Any:
    """One group through all layers; its rows start at values[base]."""
    for layer in range(plan.shape[0]):
        tile = plan[layer, WEIGHT]
        bias = plan[layer, BIAS]
        source = base + plan[layer, SOURCE] * WIDTH
        target = base + plan[layer, TARGET] * WIDTH
        row = target
        for _ in range(plan[layer, OUT_TILES]):
            z0 = broadcast(parameters, bias)
            z1 = broadcast(parameters, bias + 1)
            z2 = broadcast(parameters, bias + 2)
            z3 = broadcast(parameters, bias + 3)
            bias += TILE
            column = source
            for _ in range(plan[layer, IN_TILES]):
                a = load(values, column)
                z0 += broadcast(parameters, tile) * a
                z1 += broadcast(parameters, tile + 4) * a
                z2 += broadcast(parameters, tile + 8) * a
                z3 += broadcast(parameters, tile + 12) * a
                a = load(values, column + WIDTH)
                z0 += broadcast(parameters, tile + 1) * a
                z1 += broadcast(parameters, tile + 5) * a
                z2 += broadcast(parameters, tile + 9) * a
                z3 += broadcast(parameters, tile + 13) * a
                a = load(values, column + 2 * WIDTH)
                z0 += broadcast(parameters, tile + 2) * a
                z1 += broadcast(parameters, tile + 6) * a
                z2 += broadcast(parameters, tile + 10) * a
                z3 += broadcast(parameters, tile + 14) * a
                a = load(values, column + 3 * WIDTH)
                z0 += broadcast(parameters, tile + 3) * a
                z1 += broadcast(parameters, tile + 7) * a
                z2 += broadcast(parameters, tile + 11) * a
                z3 += broadcast(parameters, tile + 15) * a
                column += 4 * WIDTH
                tile += TILE * TILE
            store(values, row, z0)
            store(values, row + WIDTH, z1)
            store(values, row + 2 * WIDTH, z2)
            store(values, row + 3 * WIDTH, z3)
            row += 4 * WIDTH
        activate(plan[layer, ACTIVATION], values, target, target + plan[layer, OUTS] * WIDTH)


@inlined
def activate(kind: Any, values: Any, start: Any, end: Any) -> Any:
    """z → a, in place."""
    if kind == TANH:
        for i in range(start, end, WIDTH):
            store(values, i, tanh(load(values, i)))
    elif kind == RELU:
        for i in range(start, end, WIDTH):
            store(values, i, larger(splat(0.0), load(values, i)))
    elif kind == SIGMOID:
        for i in range(start, end, WIDTH):
            store(values, i, sigmoid(load(values, i)))


# Loss


@inlined
def loss_slope(kind: Any, values: Any, deltas: Any, row: Any, goal: Any, share: Any) -> Any:
    """Writes ∂L/∂a of a row of outputs into deltas; returns its part of the loss, lane by lane."""
    a = load(values, row)
    if kind == MSE:
        error = a - goal
        store(deltas, row, splat(2.0) * share * error)
        return share * error * error
    store(deltas, row, share * (sigmoid(a) - goal))
    return share * (softplus(a) - a * goal)


# Backward


@inlined
def times_slope(kind: Any, values: Any, deltas: Any, start: Any, end: Any) -> Any:
    """∂L/∂a → ∂L/∂z = ∂L/∂a · ∂a/∂z, in place; every slope follows from a."""
    if kind == TANH:
        for i in range(start, end, WIDTH):
            a = load(values, i)
            store(deltas, i, load(deltas, i) * (splat(1.0) - a * a))
    elif kind == RELU:
        for i in range(start, end, WIDTH):
            store(deltas, i, where_positive(load(values, i), load(deltas, i), splat(0.0)))
    elif kind == SIGMOID:
        for i in range(start, end, WIDTH):
            a = load(values, i)
            store(deltas, i, load(deltas, i) * (a * (splat(1.0) - a)))


@inlined
def backward(plan: Any, parameters: Any, gradient: Any, values: Any, deltas: Any, stride: Any, groups: Any) -> Any:
    """From ∂L/∂a of the outputs to the whole gradient, by the chain rule, from the last layer to the first."""
    end = groups * stride
    for back in range(plan.shape[0]):
        layer = plan.shape[0] - 1 - back
        source = plan[layer, SOURCE] * WIDTH
        target = plan[layer, TARGET] * WIDTH
        for base in range(0, end, stride):
            row = base + target
            times_slope(plan[layer, ACTIVATION], values, deltas, row, row + plan[layer, OUTS] * WIDTH)
        weight_gradient(plan, layer, gradient, values, deltas, source, target, stride, end)
        if layer > 0:
            for base in range(0, end, stride):
                delta_below(plan, layer, parameters, deltas, base + source, base + target)


@inlined
def weight_gradient(
    plan: Any, layer: Any, gradient: Any, values: Any, deltas: Any,
    source: Any, target: Any, stride: Any, end: Any,
) -> Any:  # fmt: skip
    """∂L/∂W = Σ δ·a and ∂L/∂b = Σ δ over the samples: first over groups, tile by tile, then over lanes."""
    tile = plan[layer, WEIGHT]
    bias = plan[layer, BIAS]
    for out in range(plan[layer, OUT_TILES]):
        row = target + out * (4 * WIDTH)
        d0 = load(deltas, row)
        d1 = load(deltas, row + WIDTH)
        d2 = load(deltas, row + 2 * WIDTH)
        d3 = load(deltas, row + 3 * WIDTH)
        for base in range(stride, end, stride):
            d0 += load(deltas, base + row)
            d1 += load(deltas, base + row + WIDTH)
            d2 += load(deltas, base + row + 2 * WIDTH)
            d3 += load(deltas, base + row + 3 * WIDTH)
        store_four(gradient, bias, sum_four(d0, d1, d2, d3))
        bias += TILE
        for i in range(plan[layer, IN_TILES]):
            column = source + i * (4 * WIDTH)
            g00 = g01 = g02 = g03 = g10 = g11 = g12 = g13 = splat(0.0)
            g20 = g21 = g22 = g23 = g30 = g31 = g32 = g33 = splat(0.0)
            for base in range(0, end, stride):
                d0 = load(deltas, base + row)
                d1 = load(deltas, base + row + WIDTH)
                d2 = load(deltas, base + row + 2 * WIDTH)
                d3 = load(deltas, base + row + 3 * WIDTH)
                a = load(values, base + column)
                g00 += d0 * a
                g10 += d1 * a
                g20 += d2 * a
                g30 += d3 * a
                a = load(values, base + column + WIDTH)
                g01 += d0 * a
                g11 += d1 * a
                g21 += d2 * a
                g31 += d3 * a
                a = load(values, base + column + 2 * WIDTH)
                g02 += d0 * a
                g12 += d1 * a
                g22 += d2 * a
                g32 += d3 * a
                a = load(values, base + column + 3 * WIDTH)
                g03 += d0 * a
                g13 += d1 * a
                g23 += d2 * a
                g33 += d3 * a
            sums = sum_sixteen(
                g00, g01, g02, g03, g10, g11, g12, g13, g20, g21, g22, g23, g30, g31, g32, g33,
            )  # fmt: skip
            store(gradient, tile, sums)
            tile += TILE * TILE


@inlined
def delta_below(plan: Any, layer: Any, parameters: Any, deltas: Any, below: Any, above: Any) -> Any:
    """∂L/∂a of the layer below = Wᵀ · ∂L/∂z, for one group."""
    in_tiles = plan[layer, IN_TILES]
    for i in range(in_tiles):
        d0 = d1 = d2 = d3 = splat(0.0)
        tile = plan[layer, WEIGHT] + i * (TILE * TILE)
        row = above
        for _ in range(plan[layer, OUT_TILES]):
            d = load(deltas, row)
            d0 += broadcast(parameters, tile) * d
            d1 += broadcast(parameters, tile + 1) * d
            d2 += broadcast(parameters, tile + 2) * d
            d3 += broadcast(parameters, tile + 3) * d
            d = load(deltas, row + WIDTH)
            d0 += broadcast(parameters, tile + 4) * d
            d1 += broadcast(parameters, tile + 5) * d
            d2 += broadcast(parameters, tile + 6) * d
            d3 += broadcast(parameters, tile + 7) * d
            d = load(deltas, row + 2 * WIDTH)
            d0 += broadcast(parameters, tile + 8) * d
            d1 += broadcast(parameters, tile + 9) * d
            d2 += broadcast(parameters, tile + 10) * d
            d3 += broadcast(parameters, tile + 11) * d
            d = load(deltas, row + 3 * WIDTH)
            d0 += broadcast(parameters, tile + 12) * d
            d1 += broadcast(parameters, tile + 13) * d
            d2 += broadcast(parameters, tile + 14) * d
            d3 += broadcast(parameters, tile + 15) * d
            row += 4 * WIDTH
            tile += in_tiles * (TILE * TILE)
        column = below + i * (4 * WIDTH)
        store(deltas, column, d0)
        store(deltas, column + WIDTH, d1)
        store(deltas, column + 2 * WIDTH, d2)
        store(deltas, column + 3 * WIDTH, d3)


# Update


@inlined
def add_penalties(parameters: Any, gradient: Any, weights_end: Any, l1: Any, l2: Any) -> Any:
    """g ← g + l1·sign(w) + l2·w, on weights only."""
    for i in range(0, weights_end, WIDTH):
        w = load(parameters, i)
        sign = where_positive(w, splat(1.0), where_positive(splat(0.0) - w, splat(-1.0), splat(0.0)))
        store(gradient, i, load(gradient, i) + splat(l1) * sign + splat(l2) * w)


@inlined
def is_sound(loss: Any, gradient: Any, limit: Any) -> Any:
    """Whether the loss and every component of the gradient are numbers, and none is beyond the limit."""
    bad = splat(0.0)
    for i in range(0, gradient.size, WIDTH):
        bad += beyond(absolute(load(gradient, i)), splat(limit))
    return abs(loss) <= limit and total(bad) == 0


@inlined
def update(rule: Any, settings: Any, t: Any, parameters: Any, gradient: Any, memory: Any, updates: Any) -> Any:
    """The rules of `engine/optimizers.py`, on all parameters; t counts from 1."""
    rate = splat(settings[LEARNING_RATE])
    count = gradient.size
    if rule == SGD:
        for i in range(0, count, WIDTH):
            old = load(parameters, i)
            new = old - rate * load(gradient, i)
            store(parameters, i, new)
            store(updates, i, new - old)
    elif rule == MOMENTUM_RULE:
        decay = splat(settings[MOMENTUM])
        for i in range(0, count, WIDTH):
            velocity = decay * load(memory, i) + load(gradient, i)
            store(memory, i, velocity)
            old = load(parameters, i)
            new = old - rate * velocity
            store(parameters, i, new)
            store(updates, i, new - old)
    elif rule == ADAM:
        beta1 = settings[BETA1]
        beta2 = settings[BETA2]
        rate = splat(settings[LEARNING_RATE] / (1 - beta1**t))
        root = splat(1 / np.sqrt(1 - beta2**t))
        epsilon = splat(settings[EPSILON])
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            m = splat(beta1) * load(memory, i) + splat(1 - beta1) * g
            v = splat(beta2) * load(memory, count + i) + splat(1 - beta2) * g * g
            store(memory, i, m)
            store(memory, count + i, v)
            old = load(parameters, i)
            new = old - rate * m / (square_root(v) * root + epsilon)
            store(parameters, i, new)
            store(updates, i, new - old)


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
