"""Snapshot: what one picture of training contains, as named arrays. How it becomes bytes is not decided here."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.choices import FeatureName, Kind
from engine.features import features_of
from engine.network import Array
from engine.spec import Spec


@dataclass(frozen=True)
class Snapshot:
    step: int
    epoch: int
    diverged: int | None
    """The step that could not be taken, if the run ended so."""
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float
    sizes: tuple[int, ...]
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    """Of the loss of the data alone, over the whole training set, at these parameters."""
    updates: dict[str, Array]
    """The last step's new − old parameters."""
    gradient_norms: tuple[float, ...]
    """‖∂L/∂W‖₂ of each linear layer's weights."""
    maps: list[Array]
    """Per linear layer (width, R, R): what each neuron says over the plane. Row 0 is the top, column 0 the left."""

    @property
    def boundary(self) -> Array:
        """(R, R): the map of the network's first output."""
        boundary: Array = self.maps[-1][0]
        return boundary


def grid_inputs(spec: Spec, resolution: int) -> Array:
    """The inputs (R·R, features) at the centres of R×R cells over the plane: from the top left, row by row."""
    return _grid_inputs(spec.features, spec.kind, resolution)


@lru_cache(maxsize=8)  # one entry is at most 280 kB at R = 100; a person looks at one or two at a time
def _grid_inputs(features: tuple[FeatureName, ...], kind: Kind, resolution: int) -> Array:
    centres = ((np.arange(resolution) + 0.5) * ((kind.high - kind.low) / resolution) + kind.low).astype(np.float32)
    x1, x2 = np.meshgrid(centres, centres[::-1])
    return features_of(features, np.stack([x1.ravel(), x2.ravel()], axis=1), kind.unit)


def gradient_norms(gradients: dict[str, Array]) -> tuple[float, ...]:
    """‖∂L/∂W‖₂ of each weight matrix, in the order of the layers."""
    weights = [values for name, values in gradients.items() if name.endswith(".weight")]
    return tuple(float(np.linalg.norm(values.astype(np.float64))) for values in weights)  # squares may pass float32
