"""Forward and backward through a stack of linear layers, a group of sixteen samples at a time.

Samples lie in lanes: a neuron's values for a group are one Lanes, a row. Weights lie in tiles of 4 outputs × 4 inputs,
one Lanes each. Widths are filled up with zeros to whole tiles; zeros stay zeros, for their gradients are zero.

Activations and losses are branches taken once a layer or a batch, not compiled in.
"""

from typing import Any

from engine.backends.elementary import sigmoid, softplus, tanh
from engine.backends.lanes import (
    WIDTH,
    broadcast,
    inlined,
    larger,
    load,
    splat,
    store,
    store_four,
    sum_four,
    sum_sixteen,
    where_positive,
)

TILE = 4

INS, OUTS, IN_TILES, OUT_TILES, WEIGHT, BIAS, SOURCE, TARGET, ACTIVATION = range(9)
"""Columns of the plan: widths, in units and in tiles; where the layer's parameters start; its rows in values, below
and of its own; its activation."""

LINEAR, RELU, TANH, SIGMOID = range(4)
MSE, BCE = range(2)


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
