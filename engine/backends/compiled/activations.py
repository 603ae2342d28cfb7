"""Activations, dropout and losses of a group: each value beside its slope, which the backward pass needs.

Activations and losses are branches taken once a layer or a batch, not constants of the machine code.
"""

from typing import Any

from engine.backends.compiled.elementary import (
    exp,
    exp_and_minus_1,
    log,
    normal,
    sigmoid,
    sigmoid_and_slope,
    softplus,
    tanh,
)
from engine.backends.compiled.lanes import (
    WIDTH,
    absolute,
    gather,
    inlined,
    larger,
    load,
    smaller,
    splat,
    store,
    where_positive,
)
from engine.backends.compiled.random import keep_mask
from engine.backends.compiled.settings import (
    BCE,
    CROSS_ENTROPY,
    ELU,
    ELU_ALPHA,
    GELU,
    HUBER,
    HUBER_DELTA,
    LEAKY_RELU,
    LEAKY_SLOPE,
    MAE,
    MSE,
    RELU,
    SIGMOID,
    SILU,
    SOFTPLUS,
    STEP_AT_0,
    TANH,
)


@inlined
def activate(kind: Any, settings: Any, values: Any, slopes: Any, start: Any, end: Any) -> Any:
    """z → a in place, and ∂a/∂z beside it, in slopes. At a kink the slope is torch's."""
    one = splat(1.0)
    if kind == TANH:
        for i in range(start, end, WIDTH):
            a = tanh(load(values, i))
            store(values, i, a)
            store(slopes, i, one - a * a)
    elif kind == RELU:
        for i in range(start, end, WIDTH):
            z = load(values, i)
            store(values, i, larger(splat(0.0), z))
            store(slopes, i, where_positive(z, one, splat(0.0)))
    elif kind == SIGMOID:
        for i in range(start, end, WIDTH):
            a, slope = sigmoid_and_slope(load(values, i))
            store(values, i, a)
            store(slopes, i, slope)
    elif kind == STEP_AT_0:
        for i in range(start, end, WIDTH):
            z = load(values, i)
            store(values, i, where_positive(z, one, splat(0.0)))
            store(slopes, i, splat(0.0))
    elif kind == LEAKY_RELU:
        leak = splat(settings[LEAKY_SLOPE])
        for i in range(start, end, WIDTH):
            z = load(values, i)
            store(values, i, where_positive(z, z, leak * z))
            store(slopes, i, where_positive(z, one, leak))
    elif kind == ELU:
        alpha = splat(settings[ELU_ALPHA])
        for i in range(start, end, WIDTH):
            z = load(values, i)
            e, below = exp_and_minus_1(smaller(splat(0.0), z))
            store(values, i, where_positive(z, z, alpha * below))
            store(slopes, i, where_positive(z, one, alpha * e))
    elif kind == GELU:
        for i in range(start, end, WIDTH):
            z = load(values, i)
            share, density = normal(z)
            store(values, i, z * share)
            store(slopes, i, share + z * density)
    elif kind == SILU:
        for i in range(start, end, WIDTH):
            z = load(values, i)
            share = sigmoid(z)
            store(values, i, z * share)
            store(slopes, i, share + z * share * (one - share))
    elif kind == SOFTPLUS:
        for i in range(start, end, WIDTH):
            z = load(values, i)
            store(values, i, softplus(z))
            store(slopes, i, sigmoid(z))
    else:
        for i in range(start, end, WIDTH):
            store(slopes, i, one)


@inlined
def dropout(limit: Any, scale: Any, key: Any, place: Any, values: Any, slopes: Any, start: Any, end: Any) -> Any:
    """The mask of `random.keep_mask` times scale = 1/(1 − p); `place`: of the group in the batch."""
    for column in range((end - start) // WIDTH):
        i = start + column * WIDTH
        mask = keep_mask(place, column, key, limit) * splat(scale)
        store(values, i, load(values, i) * mask)
        store(slopes, i, load(slopes, i) * mask)


@inlined
def loss_and_slopes(
    kind: Any, settings: Any, values: Any, slopes: Any, deltas: Any, start: Any, end: Any,
    targets: Any, order: Any, first: Any, share: Any,
) -> Any:  # fmt: skip
    """Writes ∂L/∂a of a group of outputs into deltas; returns its part of the loss, lane by lane.

    start, end: of the outputs in values. Their targets are those of the samples order[first] … share: what a sample's
    loss adds to the batch's, 0 in lanes that do not count.
    """
    loss = splat(0.0)
    if kind == CROSS_ENTROPY:
        return cross_entropy(values, deltas, start, end, targets, order, first, share)
    outputs = targets.shape[1]
    for output in range(outputs):
        i = start + output * WIDTH
        a = load(values, i)
        target = gather(targets, order, first, outputs, output)
        error = a - target
        if kind == MSE:
            store(deltas, i, splat(2.0) * share * error)
            loss += share * error * error
        elif kind == BCE:
            store(deltas, i, share * (sigmoid(a) - target))
            loss += share * (softplus(a) - a * target)
        elif kind == MAE:
            sign = where_positive(error, splat(1.0), where_positive(splat(0.0) - error, splat(-1.0), splat(0.0)))
            store(deltas, i, share * sign)
            loss += share * absolute(error)
        elif kind == HUBER:
            delta = splat(settings[HUBER_DELTA])
            clipped = larger(splat(0.0) - delta, smaller(delta, error))
            store(deltas, i, share * clipped)
            loss += share * clipped * (error - splat(0.5) * clipped)
        else:
            store(deltas, i, share * error)
            store(slopes, i, splat(1.0))
            loss += share * error * error
    return loss


@inlined
def cross_entropy(
    values: Any, deltas: Any, start: Any, end: Any, targets: Any, order: Any, first: Any, share: Any
) -> Any:
    """Σ y·(log Σ eᵒ − o) with the largest output taken out of the exponents; y sums to 1."""
    highest = load(values, start)
    for i in range(start + WIDTH, end, WIDTH):
        highest = larger(highest, load(values, i))
    total = splat(0.0)
    for i in range(start, end, WIDTH):
        e = exp(load(values, i) - highest)
        store(deltas, i, e)
        total += e
    log_sum_exp = highest + log(total)
    factor = share / total
    loss = splat(0.0)
    for output in range(targets.shape[1]):
        i = start + output * WIDTH
        target = gather(targets, order, first, targets.shape[1], output)
        store(deltas, i, load(deltas, i) * factor - share * target)
        loss += share * target * (log_sum_exp - load(values, i))
    return loss
