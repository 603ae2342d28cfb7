"""Snapshot: everything the page shows of one step, as named arrays and numbers. `app.wire.frames` encodes it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.data.features import inputs_of
from engine.evaluation.metrics import Roc, Scores
from engine.nn.network import Array, Network, is_weight
from engine.spec.choices import DatasetName, FeatureName
from engine.spec.spec import Spec
from engine.training.stopping import StopReason

MAX_MAP_CELLS = 4_000_000
"""Of all neurons' maps together, 16 MB: nine layers of 32 neurons fit at 100×100; wider networks get coarser maps."""


@dataclass(frozen=True)
class CurveEntry:
    """One point of the loss curve: what it keeps of a Snapshot."""

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
    """The stop rule that ended the run, if one did."""
    learning_rate: float
    """Of the next step, including its schedule."""
    samples: int
    """Forward passes of single samples during training."""
    epoch_loss: float | None
    """Mean training loss over the batches of the last finished epoch."""
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
    """With two classes an output above it predicts +1; with two outputs it is 0 and applies to their difference."""
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    """Of the loss of the data alone, over the whole training set, at these parameters."""
    updates: dict[str, Array]
    """The last step's new − old parameters."""
    gradient_norms: tuple[float, ...]
    """‖∂L/∂W‖₂ of each linear layer's weights."""
    maps: list[Array] | None
    """Per linear layer (width, R, R): each neuron's output over the plane. Row 0 is the top, column 0 the left. None
    where inputs are not points of the plane."""

    @property
    def entry(self) -> CurveEntry:
        return CurveEntry(self.step, self.train_loss, self.test_loss, self.gradient_norms)

    @property
    def boundary(self) -> Array | None:
        """(R, R): the map of the first output; of two classes with an output each, the second minus the first."""
        if self.maps is None:
            return None
        outputs = self.maps[-1]
        boundary: Array = outputs[1] - outputs[0] if self.classes == 2 and len(outputs) == 2 else outputs[0]
        return boundary


def layer_maps(activations: Callable[[Array], list[Array]], spec: Spec, resolution: int) -> list[Array]:
    """The outputs of each layer over the plane, each (width, side, side), fewer cells where layers are very wide."""
    side = map_resolution(sum(Network.of(spec).sizes[1:]), resolution)
    return [values.reshape(-1, side, side) for values in activations(grid_inputs(spec, side))]


def map_resolution(neurons: int, wanted: int) -> int:
    """The side of the maps in cells, at most the wanted one, with which so many neurons stay within MAX_MAP_CELLS."""
    return max(1, min(wanted, int((MAX_MAP_CELLS / neurons) ** 0.5)))


def grid_inputs(spec: Spec, resolution: int) -> Array:
    """The inputs (R·R, inputs) at the centres of R×R cells over the plane: from the top left, row by row."""
    return _grid_inputs(spec.dataset, spec.features, resolution)


@lru_cache(maxsize=8)  # an entry is at most 280 kB at R = 100; one or two are in use at a time
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
