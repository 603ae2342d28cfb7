"""The update: penalties, the check that a step can be taken, clipping, the rate, and the rules of descent, on Lanes.

All of it is elementwise, and so knows nothing of layers; `muon.py` has the one rule that does. What pads the parameters
is zero and has gradient zero, and stays zero under every rule here. The formulas stand in `engine/nn/optimizers.py`.
"""

import math
from typing import Any

import numpy as np

from engine.backends.compiled.lanes import (
    WIDTH,
    absolute,
    beyond,
    inlined,
    larger,
    load,
    separate,
    smaller,
    splat,
    square_root,
    store,
    total,
    where_positive,
)
from engine.backends.compiled.random import signs
from engine.backends.compiled.settings import (
    ADAGRAD,
    ADAM,
    ALPHA,
    AMSGRAD,
    BETA1,
    BETA2,
    CENTERED,
    CLIP,
    CLIP_LIMIT,
    COSINE,
    DAMPENING,
    DECAY,
    EPSILON,
    EXPONENTIAL,
    LEARNING_RATE,
    MOMENTUM,
    MOMENTUM_RULE,
    NAG,
    NORM,
    OPTIMIZER,
    RATE_DECAY,
    RMSPROP,
    SCHEDULE,
    SCHEDULE_FACTOR,
    SCHEDULE_STEPS,
    STEPS,
    WARMUP_STEPS,
)


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


@separate
def clip(choices: Any, settings: Any, gradient: Any) -> None:
    """norm: g ← g·min(1, limit/(‖g‖ + 1e-6)) with the norm of the whole gradient; value: each component by itself."""
    limit = settings[CLIP_LIMIT]
    if choices[CLIP] == NORM:
        squares = splat(0.0)
        for i in range(0, gradient.size, WIDTH):
            g = load(gradient, i)
            squares += g * g
        factor = splat(min(1.0, limit / (math.sqrt(total(squares)) + 1e-6)))
        for i in range(0, gradient.size, WIDTH):
            store(gradient, i, load(gradient, i) * factor)
    else:
        most = splat(limit)
        for i in range(0, gradient.size, WIDTH):
            store(gradient, i, larger(splat(-limit), smaller(most, load(gradient, i))))


@inlined
def rate_of(choices: Any, settings: Any, step: Any) -> Any:
    """The rate with the twin of `schedules.rate_factor`."""
    rate = settings[LEARNING_RATE]
    if choices[SCHEDULE] != 0 or step < settings[WARMUP_STEPS]:
        rate *= rate_factor(choices, settings, step)
    return rate


@separate
def rate_factor(choices: Any, settings: Any, step: Any) -> float:
    part = step / settings[SCHEDULE_STEPS]
    factor = settings[SCHEDULE_FACTOR]
    kind = choices[SCHEDULE]
    result = 1.0
    if kind == STEPS:
        result = factor ** math.floor(part)
    elif kind == EXPONENTIAL:
        result = factor**part
    elif kind == COSINE:
        result = factor + (1 - factor) * (1 + math.cos(math.pi * min(part, 1.0))) / 2
    if settings[WARMUP_STEPS] > 0:
        result *= min(1.0, (step + 1) / settings[WARMUP_STEPS])
    return result


@inlined
def update(
    choices: Any, settings: Any, rate: Any, t: Any, parameters: Any, gradient: Any, memory: Any, updates: Any
) -> Any:
    """Decay and rule for all parameters, muon excepted; t counts the rule's steps from 1."""
    rule = choices[OPTIMIZER]
    count = gradient.size
    left = splat(1 - rate * settings[DECAY])
    if rule == ADAM:
        adam(settings, choices[AMSGRAD], rate, t, parameters, gradient, memory, updates, 0, 0, count)
    elif rule == MOMENTUM_RULE:
        momentum = splat(settings[MOMENTUM])
        fresh = splat(1.0 if t == 1 else 1 - settings[DAMPENING])
        for i in range(0, count, WIDTH):
            velocity = momentum * load(memory, i) + fresh * load(gradient, i)
            store(memory, i, velocity)
            put(parameters, updates, i, left, splat(rate) * velocity)
    elif rule == NAG:
        momentum = splat(settings[MOMENTUM])
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            velocity = momentum * load(memory, i) + g
            store(memory, i, velocity)
            put(parameters, updates, i, left, splat(rate) * (g + momentum * velocity))
    elif rule == ADAGRAD:
        slowed = splat(rate / (1 + (t - 1) * settings[RATE_DECAY]))
        epsilon = splat(settings[EPSILON])
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            squares = load(memory, i) + g * g
            store(memory, i, squares)
            put(parameters, updates, i, left, slowed * g / (square_root(squares) + epsilon))
    elif rule == RMSPROP:
        alpha = splat(settings[ALPHA])
        fresh = splat(1 - settings[ALPHA])
        epsilon = splat(settings[EPSILON])
        centre = splat(float(choices[CENTERED]))
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            square = alpha * load(memory, i) + fresh * g * g
            mean = centre * (alpha * load(memory, count + i) + fresh * g)
            store(memory, i, square)
            store(memory, count + i, mean)
            average = square_root(larger(splat(0.0), square - mean * mean)) + epsilon
            put(parameters, updates, i, left, splat(rate) * g / average)
    else:
        for i in range(0, count, WIDTH):
            put(parameters, updates, i, left, splat(rate) * load(gradient, i))


@inlined
def put(parameters: Any, updates: Any, i: Any, left: Any, change: Any) -> Any:
    """w ← left·w − change"""
    old = load(parameters, i)
    new = left * old - change
    store(parameters, i, new)
    store(updates, i, new - old)


@inlined
def adam(
    settings: Any, amsgrad: Any, rate: Any, t: Any, parameters: Any, gradient: Any, memory: Any, updates: Any,
    row: Any, start: Any, end: Any,
) -> Any:  # fmt: skip
    """For parameters start … end; m, v and v_max are rows `row` … of the memory."""
    count = gradient.size
    beta1 = settings[BETA1]
    beta2 = settings[BETA2]
    step = splat(rate / (1 - beta1**t))
    root = splat(1 / np.sqrt(1 - beta2**t))
    epsilon = splat(settings[EPSILON])
    left = splat(1 - rate * settings[DECAY])
    first = row * count
    for i in range(start, end, WIDTH):
        g = load(gradient, i)
        m = splat(beta1) * load(memory, first + i) + splat(1 - beta1) * g
        v = splat(beta2) * load(memory, first + count + i) + splat(1 - beta2) * g * g
        store(memory, first + i, m)
        store(memory, first + count + i, v)
        if amsgrad:
            v = larger(v, load(memory, first + 2 * count + i))
            store(memory, first + 2 * count + i, v)
        put(parameters, updates, i, left, step * m / (square_root(v) * root + epsilon))


# Evolution


@separate
def move(centre: Any, parameters: Any, places: Any, real: Any, key: Any, distance: Any) -> None:
    """One of evolution's copies: w + distance·ε. real: 1 where there is a parameter, 0 in padding."""
    for i in range(0, parameters.size, WIDTH):
        store(parameters, i, load(centre, i) + splat(distance) * load(real, i) * signs(places, i, key))


@separate
def add_direction(gradient: Any, places: Any, real: Any, key: Any, slope: Any, more: Any) -> None:
    """g ← slope·ε, or more: g ← g + slope·ε"""
    for i in range(0, gradient.size, WIDTH):
        g = splat(slope) * load(real, i) * signs(places, i, key)
        if more:
            g += load(gradient, i)
        store(gradient, i, g)


@inlined
def copy(source: Any, target: Any) -> Any:
    for i in range(0, target.size, WIDTH):
        store(target, i, load(source, i))
