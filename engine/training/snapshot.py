"""Snapshot: what one picture of training contains, as named arrays. How it becomes bytes is not decided here."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.data.features import inputs_of
from engine.evaluation.metrics import Roc, Scores
from engine.nn.network import Array, is_weight
from engine.spec.choices import DatasetName, FeatureName
from engine.spec.spec import Spec
from engine.training.stopping import StopReason

MOST_CELLS = 4_000_000
"""Of all maps together, 16 MB: nine layers of 32 neurons fit at 100×100; wider networks get coarser maps."""


@dataclass(frozen=True)
class CurveEntry:
    """What a loss curve keeps of a Snapshot."""

    step: int
    train_loss: float
    test_loss: float
    gradient_norms: tuple[float, ...]
    """One per linear layer."""


@dataclass(frozen=True)
class Snapshot:
    step: int
    epoch: int
    diverged: int | None
    """The step that could not be taken, if the run ended so."""
    stopped: StopReason | None
    """The stop rule that ended the run."""
    learning_rate: float
    """Of the next step, its schedule counted in."""
    samples: int
    """Samples sent forward in order to learn."""
    epoch_loss: float | None
    """Mean training loss of the last finished epoch, as its batches saw it."""
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float
    train: Scores
    test: Scores
    train_roc: Roc | None
    """Of two classes."""
    test_roc: Roc | None
    sizes: tuple[int, ...]
    classes: int
    """0 where targets are values."""
    threshold: float
    """An output of two classes above it says +1; where two outputs are compared it is 0, for their difference."""
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    """Of the loss of the data alone, over the whole training set, at these parameters."""
    updates: dict[str, Array]
    """The last step's new − old parameters."""
    gradient_norms: tuple[float, ...]
    """‖∂L/∂W‖₂ of each linear layer's weights."""
    maps: list[Array] | None
    """Per linear layer (width, R, R): what each neuron says over the plane. Row 0 is the top, column 0 the left. None
    where inputs are not of the plane."""

    @property
    def entry(self) -> CurveEntry:
        return CurveEntry(self.step, self.train_loss, self.test_loss, self.gradient_norms)

    @property
    def boundary(self) -> Array | None:
        """(R, R): the map of the first output; of two classes with an output each, how far the second is ahead."""
        if self.maps is None:
            return None
        outputs = self.maps[-1]
        boundary: Array = outputs[1] - outputs[0] if self.classes == 2 and len(outputs) == 2 else outputs[0]
        return boundary


def map_resolution(neurons: int, wanted: int) -> int:
    """Cells a side, at most as many as wanted, at which the maps of so many neurons stay within MOST_CELLS."""
    return max(1, min(wanted, int((MOST_CELLS / neurons) ** 0.5)))


def grid_inputs(spec: Spec, resolution: int) -> Array:
    """The inputs (R·R, inputs) at the centres of R×R cells over the plane: from the top left, row by row."""
    return _grid_inputs(spec.dataset, spec.features, resolution)


@lru_cache(maxsize=8)  # one entry is at most 280 kB at R = 100; a person looks at one or two at a time
def _grid_inputs(dataset: DatasetName, features: tuple[FeatureName, ...], resolution: int) -> Array:
    spec = Spec.model_construct(dataset=dataset, features=features)
    low, high = spec.kind.low, spec.kind.high
    centres = ((np.arange(resolution) + 0.5) * ((high - low) / resolution) + low).astype(np.float32)
    x1, x2 = np.meshgrid(centres, centres[::-1])
    return inputs_of(spec, np.stack([x1.ravel(), x2.ravel()], axis=1))


def gradient_norms(gradients: dict[str, Array]) -> tuple[float, ...]:
    """‖∂L/∂W‖₂ of each weight matrix, in the order of the layers."""
    weights = [values for name, values in gradients.items() if is_weight(name)]
    return tuple(float(np.linalg.norm(values.astype(np.float64))) for values in weights)  # squares may pass float32
