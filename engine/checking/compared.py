"""Compared: what the hand-written arithmetic says of a vector of parameters, held against one witness."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.nn.activations import Floats
from engine.nn.network import Array, Network

TINY = 1e-30
"""So that nothing is divided by 0."""

Witness = Literal["autograd", "float32", "differences", "update", "first_update", "engine", "next_step"]


@dataclass(frozen=True)
class Compared:
    """What the hand-written arithmetic said against one witness."""

    witness: Witness
    difference: float
    """The largest, in units of the largest entry of its tensor."""
    tolerance: float
    tensor: str
    index: tuple[int, ...]
    hand: float
    other: float

    @property
    def agrees(self) -> bool:
        return self.difference <= self.tolerance


def compared(network: Network, witness: Witness, hand: Array, other: Array, tolerance: float, least: float) -> Compared:
    """least: what no tensor's largest entry is taken to be below."""
    found = []
    for name, slots in network.slices.items():
        ours, theirs = hand[slots].astype(np.float64), other[slots].astype(np.float64)
        gaps = gaps_between(ours, theirs)
        place = int(np.argmax(gaps))
        largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=least))
        difference = float(gaps[place]) / largest
        index = index_of(network, name, place)
        found.append(Compared(witness, difference, tolerance, name, index, float(ours[place]), float(theirs[place])))
    return max(found, key=lambda one: one.difference)


def gaps_between(ours: Floats, theirs: Floats) -> Floats:
    """Infinite where either is not finite, for a NaN is lost in whatever is asked for the largest."""
    gaps: Floats = np.abs(ours - theirs)
    return np.where(np.isfinite(gaps), gaps, np.inf)


def index_of(network: Network, name: str, place: int) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, network.shapes[name]))
