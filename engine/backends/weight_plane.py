"""A plane through the weights of a network, and the losses on a grid of it."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from engine.nn.network import Array

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WeightPlane:
    """w(x, y) = w₀ + y·d₁ + x·d₀, computed in float64 from left to right and rounded once."""

    origin: Array
    """w₀, (count,)"""
    directions: Floats
    """d₀ and d₁, (2, count)"""
    xs: Floats
    """(width,)"""
    ys: Floats
    """(height,)"""

    def parameters(self, x: float, y: float) -> Array:
        along_y = self.origin.astype(np.float64) + y * self.directions[1]
        moved: Array = (along_y + x * self.directions[0]).astype(np.float32)
        return moved


class LabelledInputs(NamedTuple):
    """Samples whose loss is measured."""

    inputs: Array
    """(n, inputs)"""
    targets: Array
    """(n, outputs)"""


@runtime_checkable
class MeasuresPlanes(Protocol):
    """A backend that measures many points of a plane in one call."""

    def plane_losses(self, plane: WeightPlane, samples: LabelledInputs) -> Floats:
        """The loss of the data alone in the form of inference, with the run's own running statistics: (height, width).

        The run is left as it was.
        """
