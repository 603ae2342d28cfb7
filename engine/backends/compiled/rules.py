"""The update: penalties, clipping, learning rate, and the optimizers, on Lanes.

All of it is elementwise and so knows nothing of layers; `muon.py` has the one rule that does. Padding of the parameters
is zero with gradient zero, and stays zero under every rule here. The formulas are in `engine/nn/optimizers.py`.
"""

import math
from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Config, TrainState
from engine.backends.compiled.lanes import (
    WIDTH,
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
        highest = splat(limit)
        for i in range(0, gradient.size, WIDTH):
            store(gradient, i, larger(splat(-limit), smaller(highest, load(gradient, i))))


@inlined
def rate_of(choices: Any, settings: Any, step: Any) -> Any:
    """The learning rate, times the twin of `schedules.rate_factor`."""
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
def update(config: Config, rate: Any, t: Any, state: TrainState, gradient: Any) -> Any:
    """Decay and rule for all parameters, muon excepted; t counts the rule's steps from 1."""
    settings, choices = config.settings, config.choices
    parameters, updates, moments = state.parameters, state.updates, state.optimizer_state
    rule = choices[OPTIMIZER]
    count = gradient.size
    decay = splat(1 - rate * settings[DECAY])
    if rule == ADAM:
        adam(settings, choices[AMSGRAD], rate, t, state, gradient, 0, 0, count)
    elif rule == MOMENTUM_RULE and settings[MOMENTUM] != 0:
        momentum = splat(settings[MOMENTUM])
        share = splat(1.0 if t == 1 else 1 - settings[DAMPENING])
        for i in range(0, count, WIDTH):
            velocity = momentum * load(moments, i) + share * load(gradient, i)
            store(moments, i, velocity)
            store_update(parameters, updates, i, decay, splat(rate) * velocity)
    elif rule == NAG and settings[MOMENTUM] != 0:
        momentum = splat(settings[MOMENTUM])
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            velocity = momentum * load(moments, i) + g
            store(moments, i, velocity)
            store_update(parameters, updates, i, decay, splat(rate) * (g + momentum * velocity))
    elif rule == ADAGRAD:
        decayed_rate = splat(rate / (1 + (t - 1) * settings[RATE_DECAY]))
        epsilon = splat(settings[EPSILON])
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            squares = load(moments, i) + g * g
            store(moments, i, squares)
            store_update(parameters, updates, i, decay, decayed_rate * g / (square_root(squares) + epsilon))
    elif rule == RMSPROP:
        alpha = splat(settings[ALPHA])
        share = splat(1 - settings[ALPHA])
        epsilon = splat(settings[EPSILON])
        for i in range(0, count, WIDTH):
            g = load(gradient, i)
            spread = alpha * load(moments, i) + share * g * g
            store(moments, i, spread)
            if choices[CENTERED]:
                mean = alpha * load(moments, count + i) + share * g
                store(moments, count + i, mean)
                spread = larger(splat(0.0), spread - mean * mean)
            store_update(parameters, updates, i, decay, splat(rate) * g / (square_root(spread) + epsilon))
    else:
        for i in range(0, count, WIDTH):
            store_update(parameters, updates, i, decay, splat(rate) * load(gradient, i))


@inlined
def uses_memory(choices: Any, settings: Any) -> Any:
    """The twin of `optimizers.uses_memory`."""
    return settings[MOMENTUM] != 0 or (choices[OPTIMIZER] != MOMENTUM_RULE and choices[OPTIMIZER] != NAG)


@inlined
def store_update(parameters: Any, updates: Any, i: Any, decay: Any, change: Any) -> Any:
    """w ← decay·w − change, and the update is new − old."""
    old = load(parameters, i)
    new = decay * old - change
    store(parameters, i, new)
    store(updates, i, new - old)


@inlined
def adam(
    settings: Any, amsgrad: Any, rate: Any, t: Any, state: TrainState, gradient: Any, row: Any, start: Any, end: Any
) -> Any:
    """For parameters start … end; m, v and v_max are rows `row` … of the optimizer's state."""
    moments = state.optimizer_state
    count = gradient.size
    beta1 = settings[BETA1]
    beta2 = settings[BETA2]
    step_size = splat(rate / (1 - beta1**t))
    correction = splat(1 / np.sqrt(1 - beta2**t))
    epsilon = splat(settings[EPSILON])
    decay = splat(1 - rate * settings[DECAY])
    first = row * count
    for i in range(start, end, WIDTH):
        g = load(gradient, i)
        m = splat(beta1) * load(moments, first + i) + splat(1 - beta1) * g
        v = splat(beta2) * load(moments, first + count + i) + splat(1 - beta2) * g * g
        store(moments, first + i, m)
        store(moments, first + count + i, v)
        if amsgrad:
            v = larger(v, load(moments, first + 2 * count + i))
            store(moments, first + 2 * count + i, v)
        change = step_size * m / (square_root(v) * correction + epsilon)
        store_update(state.parameters, state.updates, i, decay, change)


# Evolution strategies


@separate
def perturb(centre: Any, parameters: Any, index: Any, is_parameter: Any, key: Any, distance: Any) -> None:
    """One of evolution's copies: w + distance·ε. is_parameter: 1, or 0 in padding."""
    for i in range(0, parameters.size, WIDTH):
        store(parameters, i, load(centre, i) + splat(distance) * load(is_parameter, i) * signs(index, i, key))


@separate
def add_evolution_gradient(gradient: Any, index: Any, is_parameter: Any, key: Any, slope: Any, accumulate: Any) -> None:
    """g ← slope·ε, or accumulate: g ← g + slope·ε"""
    for i in range(0, gradient.size, WIDTH):
        g = splat(slope) * load(is_parameter, i) * signs(index, i, key)
        if accumulate:
            g += load(gradient, i)
        store(gradient, i, g)


@inlined
def copy(source: Any, target: Any) -> Any:
    for i in range(0, target.size, WIDTH):
        store(target, i, load(source, i))
