"""Forward and backward through all stages of a network, group by group; see `products.py` for how values lie.

`slopes` lie like values and hold ∂L/∂n ÷ ∂L/∂a' of every unit, where a' is what its activation and dropout made of n:
the backward pass needs no more of them. What fills a width up to whole tiles is zero, and stays zero, for its
gradients are zero.
"""

from typing import Any

import numpy as np

from engine.backends.compiled.activating import activate, drop
from engine.backends.compiled.lanes import WIDTH, inlined, load, store
from engine.backends.compiled.norms import normalise, normalise_backward
from engine.backends.compiled.outer import sum_outer
from engine.backends.compiled.products import TILE, multiply, multiply_transposed, sum_products, sum_rows
from engine.backends.compiled.random import key32
from engine.backends.compiled.settings import (
    ACTIVATION,
    BIAS,
    DROPPED,
    HAS_BIAS,
    HAS_NORM,
    IN_TILES,
    KEEP_SCALES,
    OUT_TILES,
    OUTS,
    RESIDUAL,
    SOURCE,
    TARGET,
    WEIGHT,
)

FEW, FEW_OF_WIDE = 4, 12
"""Samples of a batch up to which their outer products are summed one by one, in layers of few inputs and of many;
beyond, that is the slower way."""
WIDE = 9
"""Tiles of inputs from which on a layer has many."""


@inlined
def forward(
    plan: Any, settings: Any, parameters: Any, running: Any, statistics: Any, values: Any, slopes: Any, normal: Any,
    stride: Any, end: Any, place: Any, count: Any, seed: Any, step: Any, training: Any, frozen: Any,
) -> Any:  # fmt: skip
    """All groups before `end`, whose first sample is `place` of a batch of `count`.

    training: with dropout. frozen: batch norm goes by its running statistics.
    """
    for layer in range(plan.shape[0]):
        source = plan[layer, SOURCE] * WIDTH
        target = plan[layer, TARGET] * WIDTH
        height = plan[layer, OUTS] * WIDTH
        multiply(
            parameters, plan[layer, WEIGHT], plan[layer, BIAS], plan[layer, IN_TILES], plan[layer, OUT_TILES],
            values, source, target, stride, end,
        )  # fmt: skip
        if plan[layer, HAS_NORM]:
            normalise(
                plan, layer, settings, parameters, running, statistics, values, normal, stride, end, count, frozen
            )
        for base in range(target, end, stride):
            activate(plan[layer, ACTIVATION], settings, values, slopes, base, base + height)
        if training and plan[layer, DROPPED] > 0:
            key = key32(seed, step, layer)
            scale = settings[KEEP_SCALES + layer]
            first = place
            for base in range(target, end, stride):
                drop(plan[layer, DROPPED], scale, key, first, values, slopes, base, base + height)
                first += WIDTH
        if plan[layer, RESIDUAL]:
            for base in range(0, end, stride):
                add_rows(values, base + source, base + target, height)


@inlined
def backward(
    plan: Any, parameters: Any, gradient: Any, statistics: Any, values: Any, slopes: Any, normal: Any, deltas: Any,
    quads: Any, stride: Any, end: Any, count: Any, frozen: Any, more: Any,
) -> Any:  # fmt: skip
    """From ∂L/∂a of the outputs to the whole gradient, by the chain rule, from the last layer to the first.

    more: the gradient is added to what is there.
    """
    for back in range(plan.shape[0]):
        layer = plan.shape[0] - 1 - back
        in_tiles = plan[layer, IN_TILES]
        out_tiles = plan[layer, OUT_TILES]
        source = plan[layer, SOURCE] * WIDTH
        target = plan[layer, TARGET] * WIDTH
        height = plan[layer, OUTS] * WIDTH
        linked = plan[layer, RESIDUAL] and layer > 0
        if linked:
            for base in range(0, end, stride):
                copy_rows(deltas, base + target, base + source, height)
        for base in range(target, end, stride):
            for i in range(base, base + height, WIDTH):
                store(deltas, i, load(deltas, i) * load(slopes, i))
        if plan[layer, HAS_NORM]:
            normalise_backward(
                plan, layer, parameters, gradient, statistics, normal, deltas, stride, end, count, frozen, more
            )
        weight = plan[layer, WEIGHT]
        if layer > 0:  # first, for the layer below waits for it and for nothing else
            multiply_transposed(parameters, weight, in_tiles, out_tiles, deltas, target, source, stride, end, linked)
        if count <= (FEW if in_tiles < WIDE else FEW_OF_WIDE):
            sum_outer(gradient, weight, in_tiles, out_tiles, deltas, target, values, source, count, quads)
        else:
            sum_products(gradient, weight, in_tiles, out_tiles, deltas, target, values, source, stride, end, more)
        if plan[layer, HAS_NORM] and not frozen:
            clear(gradient, plan[layer, BIAS], out_tiles)
        elif plan[layer, HAS_BIAS]:
            sum_rows(gradient, plan[layer, BIAS], out_tiles, deltas, target, stride, end, more)


@inlined
def clear(gradient: Any, bias: Any, out_tiles: Any) -> Any:
    """Below a norm by the batch's own mean ∂L/∂b is 0; its sum would be rounding, of which Adam makes whole steps."""
    for i in range(bias, bias + out_tiles * TILE):
        gradient[i] = np.float32(0)


@inlined
def add_rows(values: Any, source: Any, target: Any, height: Any) -> Any:
    for i in range(0, height, WIDTH):
        store(values, target + i, load(values, target + i) + load(values, source + i))


@inlined
def copy_rows(values: Any, source: Any, target: Any, height: Any) -> Any:
    for i in range(0, height, WIDTH):
        store(values, target + i, load(values, source + i))
