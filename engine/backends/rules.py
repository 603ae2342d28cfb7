"""The update: penalties, the check that a step can be taken, and the rules of `engine/optimizers.py`, on Lanes.

All of it is elementwise, and so knows nothing of layers. What pads the parameters is zero and has gradient zero, and
stays zero under every rule here.
"""

from typing import Any

import numpy as np

from engine.backends.lanes import (
    WIDTH,
    absolute,
    beyond,
    inlined,
    load,
    splat,
    square_root,
    store,
    total,
    where_positive,
)

LEARNING_RATE, L1, L2, MOMENTUM, BETA1, BETA2, EPSILON, DIVERGENCE = range(8)
"""Settings, float64."""

SGD, MOMENTUM_RULE, ADAM = range(3)


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
