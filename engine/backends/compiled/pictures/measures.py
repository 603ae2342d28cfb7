"""Losses, accuracy, penalty and norms of a picture, summed in float64."""

from math import exp, log, log1p
from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Canvas, MeasuredSet, Scene
from engine.backends.compiled.lanes import WIDTH, gather, inlined, separate, store
from engine.backends.compiled.pictures.calls import call_for_nothing
from engine.backends.compiled.settings import (
    BCE,
    CROSS_ENTROPY,
    HUBER,
    HUBER_DELTA,
    L1,
    L2,
    LOSS,
    MAE,
    MSE,
    OUTS,
    ROOM,
    SUMMED,
    THRESHOLD,
    WEIGHT,
    WEIGHTS_END,
)


@separate
def measure(infer: Any, still: Any, config: Any, samples: MeasuredSet, scene: Scene, canvas: Canvas) -> Any:
    """Loss and accuracy, as `engine.nn.losses` and `engine.evaluation.metrics` have them; sums in float64."""
    plan, outputs = config.plan, canvas.outputs
    features, width = samples.inputs.shape[1], samples.targets.shape[1]
    total, room = samples.inputs.shape[0], scene.choices[ROOM]
    last_row = rows_before(plan, plan.shape[0] - 1)
    kind = config.choices[LOSS]
    loss = 0.0
    right = 0
    for begin in range(0, total, room):
        some = min(room, total - begin)
        count = (some + WIDTH - 1) // WIDTH * WIDTH
        for feature in range(features):
            for i in range(0, count, WIDTH):
                row = gather(samples.inputs, samples.order, begin + i, features, feature)
                store(canvas.inputs, feature * count + i, row)
        call_for_nothing(infer, (canvas.inputs, count, 0, count, outputs, still))
        for i in range(some):
            place = last_row * count + i
            loss += sample_loss(kind, config.settings, outputs, place, count, samples.targets, begin + i)
            if samples.classes.size > 0:
                right += predicted(outputs, place, count, width, scene) == samples.classes[begin + i]
    if not config.choices[SUMMED]:
        loss /= total if kind == CROSS_ENTROPY else total * width
    return loss, right / total


@inlined
def rows_before(plan: Any, layer: Any) -> Any:
    """Neurons of the layers before one."""
    rows = 0
    for below in range(layer):
        rows += plan[below, OUTS]
    return rows


@inlined
def sample_loss(kind: Any, settings: Any, outputs: Any, place: Any, step: Any, targets: Any, sample: Any) -> Any:
    """Σ over the outputs of a sample, which stand at place, place + step, …"""
    loss = 0.0
    end = place + targets.shape[1] * step
    if kind == CROSS_ENTROPY:
        highest = outputs[place]
        for i in range(place + step, end, step):
            highest = max(highest, outputs[i])
        total = 0.0
        for i in range(place, end, step):
            total += exp(np.float64(outputs[i] - highest))
        for output in range(targets.shape[1]):
            loss -= targets[sample, output] * (outputs[place + output * step] - highest - log(total))
        return loss
    for output in range(targets.shape[1]):
        o = outputs[place + output * step]
        y = targets[sample, output]
        error = o - y
        if kind == MSE:
            loss += error * error
        elif kind == MAE:
            loss += abs(error)
        elif kind == HUBER:
            delta = np.float32(settings[HUBER_DELTA])
            inner = min(abs(error), delta)
            loss += inner * (abs(error) - inner / np.float32(2))
        elif kind == BCE:
            loss += max(o, np.float32(0)) - o * y + log1p(exp(-np.float64(abs(o))))
    return loss


@inlined
def predicted(outputs: Any, place: Any, step: Any, width: Any, scene: Scene) -> Any:
    """The class of the largest output, which is the first that is no number; 1 where a single one is above the
    threshold."""
    if width == 1:
        return 1 if outputs[place] > scene.numbers[THRESHOLD] else 0
    winner = 0
    best = outputs[place]
    for output in range(1, width):
        value = outputs[place + output * step]
        if best == best and not value <= best:
            best = value
            winner = output
    return winner


@inlined
def penalty(config: Any, parameters: Any) -> Any:
    l1, l2 = config.settings[L1], config.settings[L2]
    if l1 == 0 and l2 == 0:
        return 0.0
    absolutes, squares = sums(parameters, config.plan[0, WEIGHT], config.choices[WEIGHTS_END])
    return l1 * absolutes + l2 / 2 * squares


@separate
def sums(values: Any, start: Any, end: Any) -> Any:
    """Σ|v| and Σv², of whole tiles."""
    a0 = a1 = a2 = a3 = s0 = s1 = s2 = s3 = 0.0
    for i in range(start, end, 4):
        v0, v1 = np.float64(values[i]), np.float64(values[i + 1])
        v2, v3 = np.float64(values[i + 2]), np.float64(values[i + 3])
        a0 += abs(v0)
        a1 += abs(v1)
        a2 += abs(v2)
        a3 += abs(v3)
        s0 += v0 * v0
        s1 += v1 * v1
        s2 += v2 * v2
        s3 += v3 * v3
    return (a0 + a1) + (a2 + a3), (s0 + s1) + (s2 + s3)
