"""The losses on a grid of a plane through the weights, in one call: see `engine.backends.weight_plane`.

All samples go through `kernels.infer` at every point of the grid, some at a time, so that what they give stays in a
core's cache.
"""

from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Surface, named
from engine.backends.compiled.cache import cached
from engine.backends.compiled.lanes import WIDTH, inlined
from engine.backends.compiled.pictures.calls import call_for_nothing
from engine.backends.compiled.pictures.measures import rows_before, sample_loss
from engine.backends.compiled.settings import CROSS_ENTROPY, LOSS, SUMMED


@cached
def measure_surface(infer: Any, still: Any, surface: Any) -> None:
    """infer: the address of that kernel. The parameters in `still` are left at the last point of the grid."""
    surface = Surface(*surface)
    config, _, state, _, _ = named(still)
    parameters, base = state.parameters, surface.base
    for row in range(surface.ys.size):
        for i in range(parameters.size):
            base[i] = np.float64(surface.origin[i]) + surface.ys[row] * surface.directions[1, i]
        for column in range(surface.xs.size):
            for i in range(parameters.size):
                parameters[i] = np.float32(base[i] + surface.xs[column] * surface.directions[0, i])
            surface.losses[row, column] = loss_of(infer, still, config, surface)


@inlined
def loss_of(infer: Any, still: Any, config: Any, surface: Surface) -> Any:
    """Of all samples at the parameters of now; summed as `measures.measure` sums."""
    targets, columns = surface.targets, surface.columns
    total, width = targets.shape
    first = rows_before(config.plan, config.plan.shape[0] - 1)
    kind = config.choices[LOSS]
    padded = (total + WIDTH - 1) // WIDTH * WIDTH
    loss = 0.0
    for begin in range(0, total, surface.room):
        some = min(surface.room, total - begin)
        count = min(surface.room, padded - begin)
        call_for_nothing(infer, (columns, padded, begin, count, surface.outputs, still))
        for i in range(some):
            place = first * count + i
            loss += sample_loss(kind, config.settings, surface.outputs, place, count, targets, begin + i)
    if config.choices[SUMMED]:
        return loss
    return loss / (total if kind == CROSS_ENTROPY else total * width)
