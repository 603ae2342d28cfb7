"""Batch norm over all groups of a batch: n = γ·x̂ + β with x̂ = (z − μ)/√(σ² + ε).

`statistics` holds μ of every normalised unit, then σ², then 1/√(σ² + ε); `running` holds the running μ and σ². In each
part a layer's units start at plan[layer, STATISTICS]. Lanes beyond the batch are left out of every sum.
"""

from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Buffers, Config
from engine.backends.compiled.lanes import (
    WIDTH,
    broadcast,
    inlined,
    lane_numbers,
    load,
    separate,
    splat,
    square_root,
    store,
    store_four,
    sum_four,
    where_positive,
)
from engine.backends.compiled.products import TILE
from engine.backends.compiled.settings import (
    DIVERGENCE,
    NORM_EPSILON,
    NORM_MOMENTUM,
    OUT_TILES,
    SCALE,
    SHIFT,
    STATISTICS,
    TARGET,
)

_ROWS = TILE * WIDTH


@inlined
def sample_mask(count: Any, place: Any) -> Any:
    """1 in the lanes of samples place + lane < count, else 0."""
    return where_positive(splat(float(count - place)) - lane_numbers(), splat(1.0), splat(0.0))


@separate
def normalise(
    config: Config, layer: Any, parameters: Any, running: Any, buffers: Buffers,
    end: Any, count: Any, use_running: Any,
) -> None:  # fmt: skip
    """z → n in values, x̂ in x_hat; use_running: by the running statistics instead of the batch's own."""
    plan, statistics, values, stride = config.plan, buffers.statistics, buffers.values, buffers.stride
    units = running.size // 2
    place = plan[layer, STATISTICS]
    row = plan[layer, TARGET] * WIDTH
    for tile in range(plan[layer, OUT_TILES]):
        if use_running:
            store_four(statistics, place, load(running, place))
            store_four(statistics, units + place, load(running, units + place))
        else:
            batch_statistics(statistics, place, units, values, row, stride, end, count)
        std = square_root(load(statistics, units + place) + splat(config.settings[NORM_EPSILON]))
        store_four(statistics, 2 * units + place, splat(1.0) / std)
        for k in range(TILE):
            mean = broadcast(statistics, place + k)
            inverse = broadcast(statistics, 2 * units + place + k)
            scale = broadcast(parameters, plan[layer, SCALE] + tile * TILE + k)
            shift = broadcast(parameters, plan[layer, SHIFT] + tile * TILE + k)
            for i in range(row + k * WIDTH, end, stride):
                x_hat = (load(values, i) - mean) * inverse
                store(buffers.x_hat, i, x_hat)
                store(values, i, scale * x_hat + shift)
        place += TILE
        row += _ROWS


@inlined
def batch_statistics(
    statistics: Any, place: Any, units: Any, values: Any, row: Any, stride: Any, end: Any, count: Any
) -> Any:
    """μ and the biased σ² of four units."""
    share = splat(1 / count)
    s0 = s1 = s2 = s3 = splat(0.0)
    first = 0
    for i in range(row, end, stride):
        mask = sample_mask(count, first)
        s0 += mask * load(values, i)
        s1 += mask * load(values, i + WIDTH)
        s2 += mask * load(values, i + 2 * WIDTH)
        s3 += mask * load(values, i + 3 * WIDTH)
        first += WIDTH
    store_four(statistics, place, sum_four(s0, s1, s2, s3) * share)
    m0 = broadcast(statistics, place)
    m1 = broadcast(statistics, place + 1)
    m2 = broadcast(statistics, place + 2)
    m3 = broadcast(statistics, place + 3)
    s0 = s1 = s2 = s3 = splat(0.0)
    first = 0
    for i in range(row, end, stride):
        mask = sample_mask(count, first)
        x = load(values, i) - m0
        s0 += mask * x * x
        x = load(values, i + WIDTH) - m1
        s1 += mask * x * x
        x = load(values, i + 2 * WIDTH) - m2
        s2 += mask * x * x
        x = load(values, i + 3 * WIDTH) - m3
        s3 += mask * x * x
        first += WIDTH
    store_four(statistics, units + place, sum_four(s0, s1, s2, s3) * share)


@separate
def normalise_backward(
    config: Config, layer: Any, parameters: Any, gradient: Any, buffers: Buffers,
    end: Any, count: Any, use_running: Any, accumulate: Any,
) -> None:  # fmt: skip
    """∂L/∂n → ∂L/∂z = γ/√(σ²+ε)·(d − mean d − x̂·mean(d·x̂)); γ's gradient and β's. use_running: without the means."""
    plan, statistics, x_hat = config.plan, buffers.statistics, buffers.x_hat
    deltas, stride = buffers.deltas, buffers.stride
    units = statistics.size // 3
    place = 2 * units + plan[layer, STATISTICS]
    scale = plan[layer, SCALE]
    shift = plan[layer, SHIFT]
    row = plan[layer, TARGET] * WIDTH
    share = splat(1 / count)
    for _ in range(plan[layer, OUT_TILES]):
        s0 = s1 = s2 = s3 = x0 = x1 = x2 = x3 = splat(0.0)
        for i in range(row, end, stride):
            d = load(deltas, i)
            s0 += d
            x0 += d * load(x_hat, i)
            d = load(deltas, i + WIDTH)
            s1 += d
            x1 += d * load(x_hat, i + WIDTH)
            d = load(deltas, i + 2 * WIDTH)
            s2 += d
            x2 += d * load(x_hat, i + 2 * WIDTH)
            d = load(deltas, i + 3 * WIDTH)
            s3 += d
            x3 += d * load(x_hat, i + 3 * WIDTH)
        d_shift = sum_four(s0, s1, s2, s3)
        d_scale = sum_four(x0, x1, x2, x3)
        if accumulate:
            d_shift += load(gradient, shift)
            d_scale += load(gradient, scale)
        store_four(gradient, shift, d_shift)
        store_four(gradient, scale, d_scale)
        for k in range(TILE):
            factor = broadcast(parameters, scale + k) * broadcast(statistics, place + k)
            if use_running:
                for i in range(row + k * WIDTH, end, stride):
                    store(deltas, i, factor * load(deltas, i))
            else:
                mean = broadcast(gradient, shift + k) * share
                slope = broadcast(gradient, scale + k) * share
                first = 0
                for i in range(row + k * WIDTH, end, stride):
                    d = load(deltas, i) - mean - load(x_hat, i) * slope
                    store(deltas, i, sample_mask(count, first) * factor * d)
                    first += WIDTH
        place += TILE
        scale += TILE
        shift += TILE
        row += _ROWS


@separate
def new_running_statistics(settings: Any, running: Any, statistics: Any, count: Any) -> bool:
    """(1−m)·running + m·batch, with the unbiased variance, for a batch of two or more, in place of its μ and σ².

    Returns whether they are finite and not too large.
    """
    units = running.size // 2
    share, limit = settings[NORM_MOMENTUM], settings[DIVERGENCE]
    unbiased = share * (count / (count - 1))
    allowed = True
    for i in range(units):
        j = units + i
        mean = np.float32((1 - share) * running[i] + share * statistics[i])
        variance = np.float32((1 - share) * running[j] + unbiased * statistics[j])
        allowed &= abs(mean) <= limit and abs(variance) <= limit * limit
        statistics[i], statistics[j] = mean, variance
    return allowed
