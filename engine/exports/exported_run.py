"""ExportedRun: what of a run goes into its exports. Data alone."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.nn.initializers import initial_parameters
from engine.nn.network import Array, Network
from engine.spec.choices import BugName
from engine.spec.spec import UNSPLIT, Spec
from engine.training.snapshot import CurveEntry

FIRST_STEPS = 200
"""Which a script trains unless its reader sets more, and whose losses are compared."""

CHANGED = (
    "On the page this run was changed after its start. The training here is that of its last settings from the start "
    "on: its losses are not those of the page. Only the weights that are put in then are the page's."
)
"""Of a run that was: for whoever reads its program."""


@dataclass(frozen=True)
class ExportedRun:
    spec: Spec
    step: int
    """Where it stands."""
    start: Array
    """Parameters before the first step, (count,)"""
    parameters: Array
    """Those of now, (count,)"""
    buffers: Array
    """Running means and variances of now, as `Network.buffer_shapes` orders them"""
    samples: int
    """Of the training set"""
    bug: BugName | None = None
    curve: tuple[CurveEntry, ...] = ()
    """Its losses so far, as the page has them"""
    changed: bool = False
    """Whether a setting or a weight was changed after its start, so that training from there leads elsewhere"""

    @cached_property
    def network(self) -> Network:
        return Network.of(self.spec)

    @property
    def starts_from_seed(self) -> bool:
        """Whether its start is what initializer and seed give, not weights of a file."""
        return np.array_equal(self.start, initial_parameters(self.spec, self.network))

    @property
    def start_tensors(self) -> list[Array]:
        return [*self.network.views(self.start).values()]

    @property
    def tensors(self) -> list[Array]:
        """Those of now in the order of the flat vector, then the running means and variances."""
        return [*self.network.views(self.parameters).values(), *self.network.buffer_views(self.buffers).values()]

    @property
    def steps(self) -> int:
        """How many a script takes at first."""
        return min(FIRST_STEPS, self.spec.stop_steps or FIRST_STEPS)

    @property
    def batch_size(self) -> int:
        return min(self.spec.batch_size or self.samples, self.samples)

    @property
    def batches(self) -> int:
        """Of an epoch"""
        return math.ceil(self.samples / self.batch_size)

    @property
    def in_order(self) -> bool:
        """Whether a script takes the samples in the shuffled order of an epoch: for its batches, or as the masks of
        dropout go by it. Else a step takes the whole training set as it lies."""
        return self.batches > 1 or any(layer.dropout for layer in self.spec.hidden)

    @property
    def has_batch_of_one(self) -> bool:
        return 1 in (self.batch_size, self.samples % self.batch_size)

    @property
    def needs_modes(self) -> bool:
        """Whether its network works otherwise in training than in inference."""
        return any(layer.dropout or layer.batch_norm for layer in self.spec.hidden)

    @property
    def is_split(self) -> bool:
        """Whether there is a test set of its own."""
        spec = self.spec
        return not spec.kind.whole and spec.wanted_samples >= UNSPLIT
