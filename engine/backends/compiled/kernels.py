"""Kernels: training and inference of a stack of layers, compiled once for every shape and every setting.

`backend.py` makes their arrays; `arguments.py` says what each of them is.
"""

from typing import Any

from engine.backends.compiled.activations import loss_and_slopes
from engine.backends.compiled.arguments import Buffers, Config, Samples, Scratch, TrainState, named
from engine.backends.compiled.cache import cached
from engine.backends.compiled.lanes import WIDTH, gather, inlined, load, separate, splat, store, total
from engine.backends.compiled.muon import muon
from engine.backends.compiled.norms import new_running_statistics, sample_mask
from engine.backends.compiled.passes import backward, forward
from engine.backends.compiled.random import key32, shuffle
from engine.backends.compiled.rules import (
    add_evolution_gradient,
    add_penalties,
    clip,
    copy,
    perturb,
    rate_of,
    update,
    uses_memory,
)
from engine.backends.compiled.safety import (
    is_safe,
    keep,
    largest_gradient,
    parameters_within_limits,
    put_back,
)
from engine.backends.compiled.settings import (
    BATCH_SIZE,
    CLIP,
    CROSS_ENTROPY,
    CURSOR,
    DIVERGED,
    DIVERGENCE,
    EPOCH,
    EPOCH_LOSS,
    EVOLUTION,
    INS,
    L1,
    L2,
    LOSS,
    LOSS_SUM,
    MUON,
    OPTIMIZER,
    OPTIMIZER_STEPS,
    ORDER_EPOCH,
    OUTS,
    PAIRS,
    SAMPLES,
    SEED,
    SIGMA,
    STEP,
    STEP_LOSS,
    SUMMED,
    TARGET,
    WEIGHTS_END,
)


@cached
def advance(steps: Any, training: Any, gradient: Any, arguments: Any) -> Any:
    """training: so many mini-batch steps, or fewer where one diverges; returns the last batch's loss.

    Else the loss of all samples in the form of inference, and its gradient: once, and nothing changes. That is no
    kernel of its own because it would take as long again to compile. arguments: see `arguments.plain`.
    """
    config, samples, state, buffers, scratch = named(arguments)
    evolution = training and config.choices[OPTIMIZER] == EVOLUTION
    copies = 2 * config.choices[PAIRS] if evolution else 1
    kind = config.choices[STEP_LOSS] if training else config.choices[LOSS]
    start = 0
    count = samples.inputs.shape[0]
    loss = 0.0
    for _ in range(steps):
        if training:
            if state.counters[DIVERGED] > 0:
                return loss
            start, count = next_batch(config, samples, state)
        loss = loss_and_gradient(
            config, samples, state, gradient, buffers, scratch, start, count, kind, copies, training, evolution
        )
        if not training:
            return loss
        if config.settings[L1] != 0 or config.settings[L2] != 0:
            add_penalties(
                state.parameters, gradient, config.choices[WEIGHTS_END], config.settings[L1], config.settings[L2]
            )
        steepest = largest_gradient(gradient, config.settings[DIVERGENCE])
        allowed = abs(loss) <= config.settings[DIVERGENCE] and steepest <= config.settings[DIVERGENCE]
        if not allowed or not take_step(config, state, gradient, buffers, scratch, count, steepest):
            state.counters[DIVERGED] = state.counters[STEP] + 1
            return loss
        update_counters(config, samples, state, count, copies, loss)
    return loss


@inlined
def next_batch(config: Config, samples: Samples, state: TrainState) -> Any:
    """Start and size of the next batch within this epoch's order, which is drawn where an epoch begins."""
    count = samples.inputs.shape[0]
    if state.counters[ORDER_EPOCH] != state.counters[EPOCH]:
        shuffle(samples.order, count, config.choices[SEED], state.counters[EPOCH])
        state.counters[ORDER_EPOCH] = state.counters[EPOCH]
    start = state.counters[CURSOR]
    return start, min(config.choices[BATCH_SIZE], count - start)


@inlined
def loss_and_gradient(
    config: Config, samples: Samples, state: TrainState, gradient: Any, buffers: Buffers, scratch: Scratch,
    start: Any, count: Any, kind: Any, copies: Any, training: Any, evolution: Any,
) -> Any:  # fmt: skip
    """Of samples order[start : start + count]; for evolution the mean loss of its copies, and what it has instead.

    kind: of the loss. copies: of the parameters, two for each pair of evolution, else one.
    """
    seed, step = config.choices[SEED], state.counters[STEP]
    if evolution:
        copy(state.parameters, scratch.matrix)
    loss = loss_up = 0.0
    for trial in range(copies):
        if evolution:
            key = key32(seed, step, 1000 + trial // 2)
            distance = config.settings[SIGMA] if trial % 2 == 0 else -config.settings[SIGMA]
            perturb(scratch.matrix, state.parameters, scratch.flat_index, scratch.is_parameter, key, distance)
        value = batch_gradient(
            config, samples, state.parameters, gradient, state.running, buffers, start, count, step, kind,
            training, not evolution,
        )  # fmt: skip
        loss += value / copies
        if evolution and trial % 2 == 1:
            slope = (loss_up - value) / (config.settings[SIGMA] * copies)
            key = key32(seed, step, 1000 + trial // 2)
            add_evolution_gradient(gradient, scratch.flat_index, scratch.is_parameter, key, slope, trial > 1)
        loss_up = value
    if evolution:
        copy(scratch.matrix, state.parameters)
    return loss


@inlined
def batch_gradient(
    config: Config, samples: Samples, parameters: Any, gradient: Any, running: Any, buffers: Buffers,
    start: Any, count: Any, step: Any, kind: Any, training: Any, with_gradient: Any,
) -> Any:  # fmt: skip
    """Loss of samples order[start : start + count], and `with_gradient` its gradient, as many at a time as there is
    room.

    In the last group lanes may be left over. They take whatever samples come next, and count nothing.
    """
    plan, values, stride = config.plan, buffers.values, buffers.stride
    last = plan.shape[0] - 1
    features = samples.inputs.shape[1]
    outputs = samples.targets.shape[1]
    room = values.size // stride
    groups = (count + WIDTH - 1) // WIDTH
    use_running = count == 1 or not training
    share = 1.0 if config.choices[SUMMED] else 1 / count if kind == CROSS_ENTROPY else 1 / (count * outputs)
    loss = 0.0
    for first in range(0, groups, room):
        end = min(room, groups - first) * stride
        place = start + first * WIDTH
        for base in range(0, end, stride):
            for feature in range(features):
                row = gather(samples.inputs, samples.order, place, features, feature)
                store(values, base + feature * WIDTH, row)
            place += WIDTH
        forward(config, parameters, running, buffers, end, first * WIDTH, count, step, training, use_running)
        part = splat(0.0)
        place = first * WIDTH
        for base in range(plan[last, TARGET] * WIDTH, end, stride):
            part += loss_and_slopes(
                kind, config.settings, values, buffers.slopes, buffers.deltas, base, base + outputs * WIDTH,
                samples.targets, samples.order, start + place, splat(share) * sample_mask(count, place),
            )  # fmt: skip
            place += WIDTH
        loss += total(part)
        if with_gradient:
            backward(config, parameters, gradient, buffers, end, count, use_running, first > 0)
    return loss


@inlined
def take_step(
    config: Config, state: TrainState, gradient: Any, buffers: Buffers, scratch: Scratch, count: Any, steepest: Any
) -> Any:
    """Running statistics, clipping, decay and the rule; or nothing, and False, where a number would be too large.

    count: samples of the batch. steepest: no component of the gradient is larger.
    """
    choices, counters = config.choices, state.counters
    moves_statistics = state.running.size > 0 and count > 1
    if moves_statistics and not new_running_statistics(config.settings, state.running, buffers.statistics, count):
        return False
    if choices[CLIP] != 0:
        clip(choices, config.settings, gradient)
    safe = is_safe(config.settings, state.bounds, steepest)
    if not safe:
        keep(state)
    rate = rate_of(choices, config.settings, counters[STEP])
    t = counters[OPTIMIZER_STEPS] + uses_memory(choices, config.settings)
    if choices[OPTIMIZER] == MUON:
        muon(config, rate, t, state, gradient, scratch)
    else:
        update(config, rate, t, state, gradient)
    if not safe and not parameters_within_limits(config.settings, state):
        put_back(state)
        return False
    counters[OPTIMIZER_STEPS] = t
    if moves_statistics:
        copy(buffers.statistics, state.running)
    return True


@inlined
def update_counters(config: Config, samples: Samples, state: TrainState, count: Any, copies: Any, loss: Any) -> Any:
    """After a step on so many samples, each sent forward by so many copies."""
    choices, counters, losses = config.choices, state.counters, state.losses
    counters[STEP] += 1
    counters[SAMPLES] += count * copies
    counters[CURSOR] += count
    losses[LOSS_SUM] += loss if choices[SUMMED] else loss * count
    if counters[CURSOR] == samples.inputs.shape[0]:
        losses[EPOCH_LOSS] = losses[LOSS_SUM] if choices[SUMMED] else losses[LOSS_SUM] / samples.inputs.shape[0]
        losses[LOSS_SUM] = 0.0
        counters[EPOCH] += 1
        counters[CURSOR] = 0


@cached
def infer(inputs: Any, columns: Any, begin: Any, count: Any, outputs: Any, arguments: Any) -> None:
    """Inference for `count` columns of inputs (features, columns) from `begin` on, at least sixteen: activations of all
    layers, one after the other, each (width, count).

    The last group starts sixteen before the end and so takes some points a second time.
    """
    config, _, state, buffers, _ = named(arguments)
    features = config.plan[0, INS]
    values, stride = buffers.values, buffers.stride
    room = values.size // stride
    groups = (count + WIDTH - 1) // WIDTH
    for first in range(0, groups, room):
        end = min(room, groups - first) * stride
        start = first * WIDTH
        for base in range(0, end, stride):
            start = min(start, count - WIDTH)
            for feature in range(features):
                store(values, base + feature * WIDTH, load(inputs, feature * columns + begin + start))
            start += WIDTH
        forward(config, state.parameters, state.running, buffers, end, 0, count, 0, False, True)
        start = first * WIDTH
        for base in range(0, end, stride):
            store_layers(config.plan, values, base, outputs, min(start, count - WIDTH), count)
            start += WIDTH


@separate
def store_layers(plan: Any, values: Any, base: Any, outputs: Any, place: Any, samples: Any) -> None:
    """The activations of one group, of all layers, into their columns `place` … of outputs."""
    for layer in range(plan.shape[0]):
        row = base + plan[layer, TARGET] * WIDTH
        for _ in range(plan[layer, OUTS]):
            store(outputs, place, load(values, row))
            row += WIDTH
            place += samples
