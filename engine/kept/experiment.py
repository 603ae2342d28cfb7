"""KeptExperiment: all of a run that is needed to go on with it elsewhere exactly where it was. Data alone."""

from dataclasses import dataclass

from engine.fault import Fault
from engine.nn.network import Array
from engine.training.epoch_log import EpochRow
from engine.training.snapshot import CurveEntry
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer


@dataclass(frozen=True)
class KeptExperiment:
    name: str
    note: str
    here: Checkpoint
    """Spec, weights, optimizer memory, random state and place in the epoch, stop rules, planted bug, backend."""
    start: Array
    """Parameters before the first step, (count,)"""
    changed: bool
    """Whether a setting or a weight was changed after the start, so that training from there leads elsewhere"""
    steps_per_second: float | None
    """The pace; None: as fast as it can."""
    curve: tuple[CurveEntry, ...]
    """Of the branch it was on, in the order of steps"""
    curve_width: int
    """Steps of a bucket in which entries of the curve are thinned"""
    log: tuple[EpochRow, ...]


def refuse_misfit(kept: KeptExperiment, trainer: Trainer) -> None:
    """Raises Fault where the trainer, at the start of the same Spec, could not go on from there: what is read has been
    checked against the network, but the place in the epoch goes by the data."""
    if kept.here.state.cursor >= len(trainer.train_inputs):
        raise Fault("kept_damaged", {"what": "progress.cursor"})
