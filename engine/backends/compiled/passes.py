"""Forward and backward pass of all layers, group by group; see `products.py` for the layout of values.

`slopes` has the layout of values and holds ∂(m·f(n))/∂n of every unit, with the activation f and the dropout mask m:
all that the backward pass needs of both. Padding of a width to whole tiles is zero and stays zero, for its gradients
are zero.
"""

from typing import Any

import numpy as np

from engine.backends.compiled.activations import activate, dropout
from engine.backends.compiled.arguments import Buffers, Config
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
    SEED,
    SOURCE,
    TARGET,
    WEIGHT,
)

FEW, FEW_OF_WIDE = 4, 12
"""Batch size up to which outer products are summed sample by sample, in layers of few inputs and of many; for larger
batches that is the slower way."""
WIDE = 9
"""Tiles of inputs from which on a layer has many inputs."""


@inlined
def forward(
    config: Config, parameters: Any, running: Any, buffers: Buffers,
    end: Any, place: Any, count: Any, step: Any, training: Any, use_running: Any,
) -> Any:  # fmt: skip
    """All groups before `end`; their first sample has the number `place` in a batch of `count`.

    training: with dropout. use_running: batch norm goes by its running statistics.
    """
    plan, values, stride = config.plan, buffers.values, buffers.stride
    for layer in range(plan.shape[0]):
        source = plan[layer, SOURCE] * WIDTH
        target = plan[layer, TARGET] * WIDTH
        height = plan[layer, OUTS] * WIDTH
        multiply(
            parameters, plan[layer, WEIGHT], plan[layer, BIAS], plan[layer, IN_TILES], plan[layer, OUT_TILES],
            values, source, target, stride, end,
        )  # fmt: skip
        if plan[layer, HAS_NORM]:
            normalise(config, layer, parameters, running, buffers, end, count, use_running)
        for base in range(target, end, stride):
            activate(plan[layer, ACTIVATION], config.settings, values, buffers.slopes, base, base + height)
        if training and plan[layer, DROPPED] > 0:
            key = key32(config.choices[SEED], step, layer)
            scale = config.settings[KEEP_SCALES + layer]
            first = place
            for base in range(target, end, stride):
                dropout(plan[layer, DROPPED], scale, key, first, values, buffers.slopes, base, base + height)
                first += WIDTH
        if plan[layer, RESIDUAL]:
            for base in range(0, end, stride):
                add_rows(values, base + source, base + target, height)


@inlined
def backward(
    config: Config, parameters: Any, gradient: Any, buffers: Buffers,
    end: Any, count: Any, use_running: Any, accumulate: Any,
) -> Any:  # fmt: skip
    """From ∂L/∂a of the outputs to the whole gradient, by the chain rule, from the last layer to the first.

    accumulate: the gradient is added to what is there.
    """
    plan, values, deltas, stride = config.plan, buffers.values, buffers.deltas, buffers.stride
    for back in range(plan.shape[0]):
        layer = plan.shape[0] - 1 - back
        in_tiles = plan[layer, IN_TILES]
        out_tiles = plan[layer, OUT_TILES]
        source = plan[layer, SOURCE] * WIDTH
        target = plan[layer, TARGET] * WIDTH
        height = plan[layer, OUTS] * WIDTH
        residual = plan[layer, RESIDUAL] and layer > 0
        if residual:
            for base in range(0, end, stride):
                copy_rows(deltas, base + target, base + source, height)
        for base in range(target, end, stride):
            for i in range(base, base + height, WIDTH):
                store(deltas, i, load(deltas, i) * load(buffers.slopes, i))
        if plan[layer, HAS_NORM]:
            normalise_backward(config, layer, parameters, gradient, buffers, end, count, use_running, accumulate)
        weight = plan[layer, WEIGHT]
        if layer > 0:  # first: the layer below needs it, and nothing else of this layer
            multiply_transposed(parameters, weight, in_tiles, out_tiles, deltas, target, source, stride, end, residual)
        if count <= (FEW if in_tiles < WIDE else FEW_OF_WIDE):
            sum_outer(gradient, weight, in_tiles, out_tiles, deltas, target, values, source, count, buffers.outer)
        else:
            sum_products(gradient, weight, in_tiles, out_tiles, deltas, target, values, source, stride, end, accumulate)
        if plan[layer, HAS_NORM] and not use_running:
            clear_bias(gradient, plan[layer, BIAS], out_tiles)
        elif plan[layer, HAS_BIAS]:
            sum_rows(gradient, plan[layer, BIAS], out_tiles, deltas, target, stride, end, accumulate)


@inlined
def clear_bias(gradient: Any, bias: Any, out_tiles: Any) -> Any:
    """∂L/∂b is 0 below a norm by the batch's own mean; the sum would be rounding, which Adam scales to whole steps."""
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
