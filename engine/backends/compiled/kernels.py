"""Kernels: training and inference of a stack of layers, compiled once for every shape and every setting.

`compiled.py` makes their arrays; all are flat and float32 unless said. `settings.py` has the places in the first four.

    plan        (layers, COLUMNS) int64
    choices     int64
    settings    float64
    counters    int64, and losses float64
    inputs      (samples, features)
    targets     (samples, outputs)
    order       (samples + 16,) int64   the order of an epoch; its end only keeps `gather` inside the array
    parameters  tiles of every layer, then biases, γ and β; so too gradient, updates and memory (3, …)
    running     running means, then variances; statistics: see `norms.py`
    values      (groups, rows, 16)  the inputs and what every layer gives; a group's rows take `stride` numbers
    slopes, normal, deltas          like values: see `passes.py`, `norms.py`; ∂L/∂a, then ∂L/∂z, of every layer
    quads       scratch of `outer.py`
    places      int32, where each parameter lies in the flat vector; real: 1, or 0 in padding
    scratch, square                 of Muon; and scratch for the parameters evolution starts from
"""

from typing import Any

from engine.backends.compiled.activating import score
from engine.backends.compiled.cache import cached
from engine.backends.compiled.lanes import WIDTH, gather, inlined, load, separate, splat, store, total
from engine.backends.compiled.muon import muon
from engine.backends.compiled.norms import counted, remember
from engine.backends.compiled.passes import backward, forward
from engine.backends.compiled.random import key32, shuffle
from engine.backends.compiled.rules import add_direction, add_penalties, clip, copy, is_sound, move, rate_of, update
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


@inlined
def batch_gradient(
    plan: Any, choices: Any, settings: Any, inputs: Any, targets: Any, order: Any, start: Any, count: Any,
    parameters: Any, gradient: Any, running: Any, statistics: Any,
    values: Any, slopes: Any, normal: Any, deltas: Any, quads: Any, stride: Any,
    step: Any, kind: Any, training: Any, learn: Any,
) -> Any:  # fmt: skip
    """Loss of samples order[start : start + count], and where `learn` its gradient, as many at a time as there is room.

    In the last group lanes may be left over. They take whatever samples come next, and count nothing.
    """
    last = plan.shape[0] - 1
    features = inputs.shape[1]
    outputs = targets.shape[1]
    room = values.size // stride
    groups = (count + WIDTH - 1) // WIDTH
    frozen = count == 1 or not training
    share = 1.0 if choices[SUMMED] else 1 / count if kind == CROSS_ENTROPY else 1 / (count * outputs)
    loss = 0.0
    for first in range(0, groups, room):
        end = min(room, groups - first) * stride
        place = start + first * WIDTH
        for base in range(0, end, stride):
            for feature in range(features):
                store(values, base + feature * WIDTH, gather(inputs, order, place, features, feature))
            place += WIDTH
        forward(
            plan, settings, parameters, running, statistics, values, slopes, normal, stride, end,
            first * WIDTH, count, choices[SEED], step, training, frozen,
        )  # fmt: skip
        part = splat(0.0)
        place = first * WIDTH
        for base in range(plan[last, TARGET] * WIDTH, end, stride):
            part += score(
                kind, settings, values, slopes, deltas, base, base + outputs * WIDTH,
                targets, order, start + place, splat(share) * counted(count, place),
            )  # fmt: skip
            place += WIDTH
        loss += total(part)
        if learn:
            backward(
                plan, parameters, gradient, statistics, values, slopes, normal, deltas, quads, stride, end,
                count, frozen, first > 0,
            )  # fmt: skip
    return loss


@cached
def advance(
    steps: Any, training: Any, plan: Any, choices: Any, settings: Any, counters: Any, losses: Any,
    inputs: Any, targets: Any, order: Any, parameters: Any, gradient: Any, memory: Any, updates: Any,
    running: Any, statistics: Any, values: Any, slopes: Any, normal: Any, deltas: Any, quads: Any, stride: Any,
    places: Any, real: Any, scratch: Any, square: Any,
) -> Any:  # fmt: skip
    """training: so many mini-batch steps, or fewer where one diverges; gives the last batch's loss.

    Else the loss of all samples in the form of inference, and its gradient: once, and nothing moves. That is no kernel
    of its own because it would take as long again to compile.
    """
    samples = inputs.shape[0]
    evolves = training and choices[OPTIMIZER] == EVOLUTION
    copies = 2 * choices[PAIRS] if evolves else 1
    start = 0
    count = samples
    kind = choices[STEP_LOSS] if training else choices[LOSS]
    loss = 0.0
    for _ in range(steps):
        step = counters[STEP]
        if training:
            if counters[DIVERGED] > 0:
                return loss
            if counters[ORDER_EPOCH] != counters[EPOCH]:
                shuffle(order, samples, choices[SEED], counters[EPOCH])
                counters[ORDER_EPOCH] = counters[EPOCH]
            start = counters[CURSOR]
            count = min(choices[BATCH_SIZE], samples - start)
        if evolves:
            copy(parameters, scratch)
        loss = above = 0.0
        for trial in range(copies):
            if evolves:
                key = key32(choices[SEED], step, 1000 + trial // 2)
                distance = settings[SIGMA] if trial % 2 == 0 else -settings[SIGMA]
                move(scratch, parameters, places, real, key, distance)
            value = batch_gradient(
                plan, choices, settings, inputs, targets, order, start, count, parameters, gradient,
                running, statistics, values, slopes, normal, deltas, quads, stride, step,
                kind, training, not evolves,
            )  # fmt: skip
            loss += value / copies
            if evolves and trial % 2 == 1:
                slope = (above - value) / (settings[SIGMA] * copies)
                add_direction(gradient, places, real, key32(choices[SEED], step, 1000 + trial // 2), slope, trial > 1)
            above = value
        if evolves:
            copy(scratch, parameters)
        if not training:
            return loss
        if settings[L1] != 0 or settings[L2] != 0:
            add_penalties(parameters, gradient, choices[WEIGHTS_END], settings[L1], settings[L2])
        if not is_sound(loss, gradient, settings[DIVERGENCE]):
            counters[DIVERGED] = step + 1
            return loss
        if running.size > 0 and count > 1:
            remember(plan, settings, running, statistics, count)
        if choices[CLIP] != 0:
            clip(choices, settings, gradient)
        counters[OPTIMIZER_STEPS] += 1
        t = counters[OPTIMIZER_STEPS]
        rate = rate_of(choices, settings, step)
        if choices[OPTIMIZER] == MUON:
            muon(plan, choices, settings, rate, t, parameters, gradient, memory, updates, scratch, square)
        else:
            update(choices, settings, rate, t, parameters, gradient, memory, updates)
        keep_count(counters, losses, choices[SUMMED], samples, count, count * copies, loss)
    return loss


@inlined
def keep_count(counters: Any, losses: Any, summed: Any, samples: Any, count: Any, seen: Any, loss: Any) -> Any:
    counters[STEP] += 1
    counters[SAMPLES] += seen
    counters[CURSOR] += count
    losses[LOSS_SUM] += loss if summed else loss * count
    if counters[CURSOR] == samples:
        losses[EPOCH_LOSS] = losses[LOSS_SUM] if summed else losses[LOSS_SUM] / samples
        losses[LOSS_SUM] = 0.0
        counters[EPOCH] += 1
        counters[CURSOR] = 0


@cached
def infer(
    plan: Any, settings: Any, inputs: Any, parameters: Any, running: Any, statistics: Any,
    values: Any, slopes: Any, normal: Any, stride: Any, outputs: Any,
) -> None:  # fmt: skip
    """Inference for inputs (features, n), n ≥ 16: activations of all layers, one after the other, each (width, n).

    The last group starts sixteen before the end and so takes some points a second time.
    """
    features, samples = inputs.shape
    room = values.size // stride
    groups = (samples + WIDTH - 1) // WIDTH
    for first in range(0, groups, room):
        end = min(room, groups - first) * stride
        start = first * WIDTH
        for base in range(0, end, stride):
            start = min(start, samples - WIDTH)
            for feature in range(features):
                store(values, base + feature * WIDTH, load(inputs, feature * samples + start))
            start += WIDTH
        forward(
            plan, settings, parameters, running, statistics, values, slopes, normal, stride, end,
            0, samples, 0, 0, False, True,
        )  # fmt: skip
        start = first * WIDTH
        for base in range(0, end, stride):
            put_layers(plan, values, base, outputs, min(start, samples - WIDTH), samples)
            start += WIDTH


@separate
def put_layers(plan: Any, values: Any, base: Any, outputs: Any, place: Any, samples: Any) -> None:
    for layer in range(plan.shape[0]):
        row = base + plan[layer, TARGET] * WIDTH
        for _ in range(plan[layer, OUTS]):
            store(outputs, place, load(values, row))
            row += WIDTH
            place += samples
