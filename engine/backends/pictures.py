"""What a backend is given to draw a picture by itself, and what it measures on the way.

`engine.nn.picture_layout` says what a picture holds.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from engine.nn.network import Array
from engine.nn.picture_layout import PictureLayout


class MeasuredSet(NamedTuple):
    """Samples whose loss and accuracy are told."""

    inputs: Array
    """(n, inputs)"""
    targets: Array
    """(n, outputs)"""
    classes: NDArray[np.int64] | None
    """(n,), from 0; None where targets are values."""


@dataclass(frozen=True, eq=False)
class PictureInputs:
    """What pictures of a run need beside its State. Live changes of a Spec do not change it."""

    layout: PictureLayout
    train: MeasuredSet
    test: MeasuredSet
    threshold: float
    """Of two classes: see spec.threshold; of values 0."""
    low_target: float
    """See spec.low_target."""
    boundary: Array | None
    """(inputs, cells): what enters the network at the cells of the boundary or of the classes."""
    plane: Array | None
    """(inputs, cells): likewise at the cells of a map of the plane."""

    @property
    def is_difference(self) -> bool:
        """Whether the boundary is the second output minus the first."""
        return self.train.classes is not None and self.layout.sizes[-1] == 2


class Measures(NamedTuple):
    """Losses of the data alone, in the form of inference; accuracies are None for values."""

    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float
    gradient_norms: tuple[float, ...]
    """‖∂L/∂W‖₂ of each linear layer, in float64."""


@runtime_checkable
class DrawsPictures(Protocol):
    """A backend that draws by itself; for others `engine.training.picture` does it."""

    def draw(self, steps: int, inputs: PictureInputs, data: NDArray[np.uint8], grids: bool = True) -> Measures:
        """Takes so many steps, as `advance` does, and fills data (layout.size,) with the picture of where the run then
        stands; without its grids only its measures count."""
