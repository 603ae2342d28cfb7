"""Comparison of two vectors of parameters or gradients: the hand-written one against an independent reference."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.nn.activations import Floats
from engine.nn.network import Array, Network

TINY = 1e-30
"""Avoids a division by 0."""

Reference = Literal["autograd", "float32", "differences", "update", "first_update", "engine", "next_step"]


@dataclass(frozen=True)
class Comparison:
    """The entry where the hand-written result is furthest from one reference."""

    reference: Reference
    difference: float
    """Largest absolute difference, in units of the largest entry of its tensor"""
    tolerance: float
    tensor: str
    index: tuple[int, ...]
    hand: float
    other: float

    @property
    def agrees(self) -> bool:
        return self.difference <= self.tolerance


def compare(
    network: Network, reference: Reference, hand: Array, other: Array, tolerance: float, least: float
) -> Comparison:
    """Of two vectors (count,); the unit of a tensor's differences is its largest entry, and at least `least`."""
    found = []
    for name, slots in network.slices.items():
        ours, theirs = hand[slots].astype(np.float64), other[slots].astype(np.float64)
        gaps = absolute_differences(ours, theirs)
        place = int(np.argmax(gaps))
        largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=least))
        difference = float(gaps[place]) / largest
        index = index_of(network, name, place)
        found.append(
            Comparison(reference, difference, tolerance, name, index, float(ours[place]), float(theirs[place]))
        )
    return max(found, key=lambda one: one.difference)


def absolute_differences(ours: Floats, theirs: Floats) -> Floats:
    """|ours − theirs|; infinite where either is not finite, because a maximum may lose a NaN."""
    gaps: Floats = np.abs(ours - theirs)
    return np.where(np.isfinite(gaps), gaps, np.inf)


def index_of(network: Network, name: str, place: int) -> tuple[int, ...]:
    """The index within a tensor of its place-th entry."""
    return tuple(int(i) for i in np.unravel_index(place, network.shapes[name]))
