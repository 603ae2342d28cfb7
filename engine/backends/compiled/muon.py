"""Muon: the weights of inner layers move along their orthogonalised momentum, all other parameters by AdamW.

The matrix lies in scratch as values do: each of its rows is a unit, its columns are samples, sixteen to a group. So
`products.py` multiplies it: X·Xᵀ is a sum of products over samples, and XXᵀ, which comes in tiles, a layer's weights.
"""

import math
from typing import Any

import numpy as np

from engine.backends.compiled.lanes import WIDTH, load, separate, splat, store, total
from engine.backends.compiled.products import TILE, multiply, sum_products
from engine.backends.compiled.rules import adam, put
from engine.backends.compiled.settings import (
    DECAY,
    IN_TILES,
    INS,
    MUON_MOMENTUM,
    NESTEROV,
    NEWTON_SCHULZ_STEPS,
    OUT_TILES,
    OUTS,
    WEIGHT,
)

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of Jordan 2024: each step sends a singular value s to a·s + b·s³ + c·s⁵, and five carry it near 1."""
_LEAST_NORM = 1e-7


@separate
def muon(
    plan: Any, choices: Any, settings: Any, rate: Any, t: Any,
    parameters: Any, gradient: Any, memory: Any, updates: Any, scratch: Any, square: Any,
) -> None:  # fmt: skip
    """Rows of the memory: the momentum of the inner weights, then m and v of the others."""
    last = plan.shape[0] - 1
    start = plan[min(1, last), WEIGHT]
    end = plan[last, WEIGHT]
    adam(settings, False, rate, t, parameters, gradient, memory, updates, 1, 0, start)
    adam(settings, False, rate, t, parameters, gradient, memory, updates, 1, end, gradient.size)

    momentum = splat(settings[MUON_MOMENTUM])
    fresh = splat(1 - settings[MUON_MOMENTUM])
    for i in range(start, end, WIDTH):
        g = load(gradient, i)
        blend = momentum * load(memory, i) + fresh * g
        store(memory, i, blend)
        store(gradient, i, fresh * g + momentum * blend if choices[NESTEROV] else blend)
    for layer in range(1, last):
        orthogonalise(plan, layer, choices[NEWTON_SCHULZ_STEPS], gradient, scratch, square)

    left = splat(1 - rate * settings[DECAY])
    for layer in range(1, last):
        scale = splat(rate * math.sqrt(max(1.0, plan[layer, OUTS] / plan[layer, INS])))
        for i in range(plan[layer, WEIGHT], plan[layer + 1, WEIGHT], WIDTH):
            put(parameters, updates, i, left, scale * load(gradient, i))


@separate
def orthogonalise(plan: Any, layer: Any, steps: Any, gradient: Any, scratch: Any, square: Any) -> None:
    """The layer's matrix in `gradient` ← near UVᵀ of its singular value decomposition, by Newton–Schulz.

    X ← X/‖X‖, then X ← a·X + b·(XXᵀ)X + c·(XXᵀ)²X, of the transposed matrix where that has fewer rows.
    """
    turned = plan[layer, OUTS] > plan[layer, INS]
    row_tiles = plan[layer, IN_TILES] if turned else plan[layer, OUT_TILES]
    columns = plan[layer, OUT_TILES] * TILE if turned else plan[layer, IN_TILES] * TILE
    height = row_tiles * TILE * WIDTH
    stride = 3 * height  # X, (XXᵀ)X, (XXᵀ)²X
    end = (columns + WIDTH - 1) // WIDTH * stride
    for i in range(0, end, WIDTH):
        store(scratch, i, splat(0.0))
    squares = splat(0.0)
    for i in range(plan[layer, WEIGHT], plan[layer + 1, WEIGHT], WIDTH):
        u = load(gradient, i)
        squares += u * u
    shrink = np.float32(1 / max(math.sqrt(total(squares)), _LEAST_NORM))
    exchange(plan, layer, turned, stride, gradient, scratch, shrink, True)

    zeros = square.size - row_tiles * TILE
    for _ in range(steps):
        sum_products(square, 0, row_tiles, row_tiles, scratch, 0, scratch, 0, stride, end, False)
        multiply(square, 0, zeros, row_tiles, row_tiles, scratch, 0, height, stride, end)
        multiply(square, 0, zeros, row_tiles, row_tiles, scratch, height, 2 * height, stride, end)
        for base in range(0, end, stride):
            for i in range(base, base + height, WIDTH):
                x = splat(COEFFICIENTS[0]) * load(scratch, i) + splat(COEFFICIENTS[1]) * load(scratch, i + height)
                store(scratch, i, x + splat(COEFFICIENTS[2]) * load(scratch, i + 2 * height))
    exchange(plan, layer, turned, stride, gradient, scratch, np.float32(1), False)


@separate
def exchange(
    plan: Any, layer: Any, turned: Any, stride: Any, gradient: Any, scratch: Any, scale: Any, inward: Any
) -> None:
    """A layer's tiles → its rows in scratch, times scale; or back."""
    in_tiles = plan[layer, IN_TILES]
    place = plan[layer, WEIGHT]
    for tile in range(plan[layer, OUT_TILES] * in_tiles):
        for k in range(TILE * TILE):
            row = tile // in_tiles * TILE + k // TILE
            column = tile % in_tiles * TILE + k % TILE
            if turned:
                row, column = column, row
            there = column // WIDTH * stride + row * WIDTH + column % WIDTH
            if inward:
                scratch[there] = scale * gradient[place]
            else:
                gradient[place] = scratch[there]
            place += 1
