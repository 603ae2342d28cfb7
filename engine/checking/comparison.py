"""Comparison of two vectors of parameters or gradients: the hand-written one against an independent reference."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.nn.activations import Floats
from engine.nn.network import Array, Network

TINY = 1e-30
"""Avoids a division by 0."""

SMALLEST = float(np.finfo(np.float32).tiny)
"""Below it a number in float32 has fewer digits, or is taken as 0."""

MAX_FLOAT = float(np.finfo(np.float64).max)

Reference = Literal[
    "autograd",
    "float32",
    "differences",
    "update",
    "first_update",
    "statistics",
    "stop_rule",
    "engine_gradient",
    "engine_update",
    "engine_memory",
    "engine_statistics",
    "engine_counters",
    "next_step",
]
"""The last five but one: of the step by the backend that trains."""

Reason = Literal["kink", "step", "batch"]
"""Rounding decides the side of a kink, or of a step, or the batch is too large to be taken again"""


@dataclass(frozen=True)
class Comparison:
    """The entry where the hand-written result is furthest from one reference."""

    reference: Reference
    difference: float
    """Largest absolute difference, in units of the largest entry of its tensor"""
    tolerance: float
    tensor: str
    """Of parameters or running statistics; empty for a counter"""
    index: tuple[int, ...]
    hand: float
    other: float
    quantity: str = ""
    """Name of what a rule remembers, "updates", or name of a counter; empty: the tensor itself, or its gradient"""

    @property
    def agrees(self) -> bool:
        return self.difference <= self.tolerance


@dataclass(frozen=True)
class Silence:
    """A reference that could not be compared."""

    reference: Reference
    reason: Reason


def compare(
    network: Network,
    reference: Reference,
    hand: Array,
    other: Array,
    tolerance: float,
    least: float,
    undecided: Floats | None = None,
    quantity: str = "",
) -> Comparison:
    """Of two vectors (count,); the unit of a tensor's differences is its largest entry, and at least `least`.

    undecided: what each entry may differ by and say nothing, (count,).
    """
    found = []
    for name, slots in network.slices.items():
        ours, theirs = hand[slots].astype(np.float64), other[slots].astype(np.float64)
        gaps = absolute_differences(ours, theirs)
        if undecided is not None:
            gaps = np.maximum(gaps - undecided[slots], 0)
        place = int(np.argmax(gaps))
        largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=least))
        difference = float(gaps[place]) / largest
        index = index_of(network, name, place)
        found.append(
            Comparison(
                reference, difference, tolerance, name, index, float(ours[place]), float(theirs[place]), quantity
            )
        )
    return max(found, key=lambda one: one.difference)


def compare_entries(
    shapes: Mapping[str, tuple[int, ...]],
    reference: Reference,
    hand: Floats,
    other: Floats,
    bounds: Floats,
    quantity: str = "",
    least: float = TINY,
) -> Comparison:
    """Of two vectors that hold tensors of these shapes one after the other, each entry by a bound of its own.

    The entry that exceeds its bound most; told in units of the largest entry of its tensor, and at least `least`.
    """
    found, start = [], 0
    for name, shape in shapes.items():
        slots = slice(start, start := start + math.prod(shape))
        ours, theirs = hand[slots], other[slots].astype(np.float64)
        gaps, bound = absolute_differences(ours, theirs), bounds[slots] + SMALLEST
        with np.errstate(invalid="ignore"):
            place = int(np.argmax(np.where(np.isinf(gaps), np.inf, gaps / bound)))
        largest = max(float(np.abs(ours).max()), least)
        index = tuple(int(i) for i in np.unravel_index(place, shape))
        difference, tolerance = float(gaps[place]) / largest, min(float(bound[place]) / largest, MAX_FLOAT)
        found.append(
            Comparison(
                reference, difference, tolerance, name, index, float(ours[place]), float(theirs[place]), quantity
            )
        )
    return furthest(found)


def furthest(comparisons: Sequence[Comparison]) -> Comparison:
    """The one that exceeds its tolerance most, or comes nearest to it."""
    return max(comparisons, key=lambda one: one.difference / one.tolerance)


def absolute_differences(ours: Floats, theirs: Floats) -> Floats:
    """|ours − theirs|; infinite where either is not finite, because a maximum may lose a NaN."""
    gaps: Floats = np.abs(ours - theirs)
    return np.where(np.isfinite(gaps), gaps, np.inf)


def index_of(network: Network, name: str, place: int) -> tuple[int, ...]:
    """The index within a tensor of its place-th entry."""
    return tuple(int(i) for i in np.unravel_index(place, network.shapes[name]))
