"""Whether an update may make a parameter too large, from a bound that costs a few operations a step; and the way back.

|w'| ≤ |1 − η·decay|·|w| + |change|, and every rule's change has a bound by the largest gradient and the largest number
remembered of gradients (`Growth`). As long as that says that all parameters stay below DIVERGENCE, nothing is looked
at. Else a step is taken with everything kept, every new parameter is looked at, and the bound begins anew from the
largest of them.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from engine.backends.compiled.arguments import TrainState
from engine.backends.compiled.lanes import WIDTH, absolute, inlined, load, separate, splat, store, total
from engine.backends.compiled.settings import (
    CHANGE_BY_MEMORY,
    DIVERGENCE,
    GROWTH,
    MEMORY_BOUND,
    MEMORY_KEPT,
    MEMORY_SHARE,
    OTHER_CHANGE,
    PARAMETER_BOUND,
)
from engine.nn.network import Network
from engine.spec.spec import Spec

REMEMBERS_GRADIENTS = ("velocity", "momentum", "m")
"""What an optimizer remembers that a step is in proportion to."""

_ROUNDED = 1 + 1e-6
"""A step in float32 over the same in exact numbers."""

_ORTHOGONAL = 2.0
"""The largest number of a matrix after Newton–Schulz, whose singular values are below 1.3."""


class Growth(NamedTuple):
    """Bounds of a step: M ← kept·M + share·max|g| and W ← times·W + by_memory·M + other, for M ≥ |memory| and W ≥ |w|.

    They hold at every rate of a schedule, and for memory of other settings too.
    """

    kept: float
    share: float
    times: float
    by_memory: float
    other: float


def growth_of(spec: Spec, network: Network) -> Growth:
    kept, share, by_memory, other = _memory_and_change(spec, network)
    rate = spec.learning_rate * _ROUNDED
    return Growth(kept, share, _ROUNDED * max(1.0, spec.learning_rate * spec.decay - 1), rate * by_memory, rate * other)


def _memory_and_change(spec: Spec, network: Network) -> tuple[float, float, float, float]:
    """kept, share, by_memory and other for η = 1."""
    if spec.optimizer == "momentum":
        return spec.momentum, 1.0, 1.0, 0.0
    if spec.optimizer == "nag":  # g + μ·v
        return spec.momentum, 1.0, 2.0, 0.0
    if spec.optimizer == "adagrad":  # g/√(s + g²)
        return 0.0, 0.0, 0.0, 1.0
    if spec.optimizer == "rmsprop":  # a variance may be 0, a square is at least (1−α)·g²
        return (0.0, 1.0, 1 / spec.epsilon, 0.0) if spec.centered else (0.0, 0.0, 0.0, 1 / math.sqrt(1 - spec.alpha))
    if spec.optimizer in ("adam", "adamw", "muon"):  # of 1 − β₁ᵗ the least
        widest = max(stage.outputs / stage.inputs for stage in network.stages)
        inner = _ORTHOGONAL * math.sqrt(max(1.0, widest)) if spec.optimizer == "muon" else 0.0
        return spec.beta1, 1 - spec.beta1, 1 / ((1 - spec.beta1) * spec.epsilon), inner
    return 0.0, 1.0, 1.0, 0.0


@inlined
def largest_gradient(gradient: Any, limit: Any) -> Any:
    """No component is larger in size; not a number, or beyond the limit, where one is. A sum is quick to find."""
    sizes = splat(0.0)
    for i in range(0, gradient.size, WIDTH):
        sizes += absolute(load(gradient, i))
    bound = np.float64(total(sizes))
    return bound if bound <= limit else largest_size(gradient)


@separate
def largest_size(values: Any) -> Any:
    """The largest |v|; not a number where one is none."""
    most = np.float64(0.0)
    for i in range(values.size):
        size = np.float64(abs(values[i]))
        if not size <= most:
            most = size
        if most != most:
            return most
    return most


@inlined
def is_safe(settings: Any, bounds: Any, steepest: Any) -> Any:
    """Whether no parameter can be too large after a step with such a gradient; moves the bounds."""
    memory = settings[MEMORY_KEPT] * bounds[MEMORY_BOUND] + settings[MEMORY_SHARE] * steepest
    change = settings[CHANGE_BY_MEMORY] * memory + settings[OTHER_CHANGE]
    bound = settings[GROWTH] * bounds[PARAMETER_BOUND] + change
    bounds[MEMORY_BOUND] = memory
    bounds[PARAMETER_BOUND] = bound
    return bound <= settings[DIVERGENCE]


@separate
def parameters_within_limits(settings: Any, state: TrainState) -> bool:
    """Whether every parameter is finite and not too large; the bound becomes the largest."""
    largest = largest_size(state.parameters)
    state.bounds[PARAMETER_BOUND] = largest
    return bool(largest <= settings[DIVERGENCE])


@separate
def keep(state: TrainState) -> None:
    copy_state(state, True)


@separate
def put_back(state: TrainState) -> None:
    copy_state(state, False)


@inlined
def copy_state(state: TrainState, to_kept: Any) -> None:
    start = 0
    for values in (state.parameters, state.updates, state.optimizer_state):
        for i in range(0, values.size, WIDTH):
            if to_kept:
                store(state.kept, start + i, load(values, i))
            else:
                store(values, i, load(state.kept, start + i))
        start += values.size
