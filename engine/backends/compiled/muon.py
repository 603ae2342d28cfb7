"""Muon: the weights of inner layers move along their orthogonalised momentum, all other parameters by AdamW.

`matrix` has the layout of values: each row of X is a unit, its columns are samples, sixteen to a group.
`products.py` multiplies it: X·Xᵀ is a sum of products over samples, and comes in tiles, as a layer's weights.
"""

import math
from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Config, Scratch, TrainState
from engine.backends.compiled.lanes import WIDTH, load, separate, splat, store, total
from engine.backends.compiled.products import TILE, multiply, sum_products
from engine.backends.compiled.rules import adam, store_update
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
def muon(config: Config, rate: Any, t: Any, state: TrainState, gradient: Any, scratch: Scratch) -> None:
    """Rows of the optimizer's state: the momentum of the inner weights, then m and v of the others."""
    plan, choices, settings = config.plan, config.choices, config.settings
    last = plan.shape[0] - 1
    start = plan[min(1, last), WEIGHT]
    end = plan[last, WEIGHT]
    adam(settings, False, rate, t, state, gradient, 1, 0, start)
    adam(settings, False, rate, t, state, gradient, 1, end, gradient.size)

    direction = scratch.direction
    momentum = splat(settings[MUON_MOMENTUM])
    share = splat(1 - settings[MUON_MOMENTUM])
    for i in range(start, end, WIDTH):
        g = load(gradient, i)
        buffer = momentum * load(state.optimizer_state, i) + share * g
        store(state.optimizer_state, i, buffer)
        store(direction, i, share * g + momentum * buffer if choices[NESTEROV] else buffer)
    for layer in range(1, last):
        orthogonalise(plan, layer, choices[NEWTON_SCHULZ_STEPS], direction, scratch.matrix, scratch.gram)

    decay = splat(1 - rate * settings[DECAY])
    for layer in range(1, last):
        scale = splat(rate * math.sqrt(max(1.0, plan[layer, OUTS] / plan[layer, INS])))
        for i in range(plan[layer, WEIGHT], plan[layer + 1, WEIGHT], WIDTH):
            store_update(state.parameters, state.updates, i, decay, scale * load(direction, i))


@separate
def orthogonalise(plan: Any, layer: Any, steps: Any, direction: Any, matrix: Any, gram: Any) -> None:
    """The layer's weights in `direction` ← near UVᵀ of its singular value decomposition, by Newton–Schulz.

    X ← X/‖X‖, then X ← a·X + b·(XXᵀ)X + c·(XXᵀ)²X, of the transpose where that has fewer rows.
    """
    transposed = plan[layer, OUTS] > plan[layer, INS]
    row_tiles = plan[layer, IN_TILES] if transposed else plan[layer, OUT_TILES]
    columns = plan[layer, OUT_TILES] * TILE if transposed else plan[layer, IN_TILES] * TILE
    height = row_tiles * TILE * WIDTH
    stride = 3 * height  # X, (XXᵀ)X, (XXᵀ)²X
    end = (columns + WIDTH - 1) // WIDTH * stride
    for i in range(0, end, WIDTH):
        store(matrix, i, splat(0.0))
    squares = splat(0.0)
    for i in range(plan[layer, WEIGHT], plan[layer + 1, WEIGHT], WIDTH):
        u = load(direction, i)
        squares += u * u
    inverse_norm = np.float32(1 / max(math.sqrt(total(squares)), _LEAST_NORM))
    copy_matrix(plan, layer, transposed, stride, direction, matrix, inverse_norm, True)

    zeros = gram.size - row_tiles * TILE
    for _ in range(steps):
        sum_products(gram, 0, row_tiles, row_tiles, matrix, 0, matrix, 0, stride, end, False)
        multiply(gram, 0, zeros, row_tiles, row_tiles, matrix, 0, height, stride, end)
        multiply(gram, 0, zeros, row_tiles, row_tiles, matrix, height, 2 * height, stride, end)
        for base in range(0, end, stride):
            for i in range(base, base + height, WIDTH):
                x = splat(COEFFICIENTS[0]) * load(matrix, i) + splat(COEFFICIENTS[1]) * load(matrix, i + height)
                store(matrix, i, x + splat(COEFFICIENTS[2]) * load(matrix, i + 2 * height))
    copy_matrix(plan, layer, transposed, stride, direction, matrix, np.float32(1), False)


@separate
def copy_matrix(
    plan: Any, layer: Any, transposed: Any, stride: Any, direction: Any, matrix: Any, scale: Any, to_matrix: Any
) -> None:
    """A layer's tiles → its rows in `matrix`, times scale; or back."""
    in_tiles = plan[layer, IN_TILES]
    place = plan[layer, WEIGHT]
    for tile in range(plan[layer, OUT_TILES] * in_tiles):
        for k in range(TILE * TILE):
            row = tile // in_tiles * TILE + k // TILE
            column = tile % in_tiles * TILE + k % TILE
            if transposed:
                row, column = column, row
            there = column // WIDTH * stride + row * WIDTH + column % WIDTH
            if to_matrix:
                matrix[there] = scale * direction[place]
            else:
                direction[place] = matrix[there]
            place += 1
