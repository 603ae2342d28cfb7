"""A run that is kept and one that is opened again: jobs and their result, as data, beside those of `port`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.training_worker.port import Job, Placed
from engine.kept.experiment import KeptExperiment
from engine.nn.network import Array
from engine.training.epoch_log import EpochRow
from engine.training.snapshot import CurveEntry


@dataclass(frozen=True)
class KeptRun:
    """A run to be kept, and what is shown of it."""

    experiment: KeptExperiment
    scores: dict[str, float | None]
    """Losses and accuracies of both sets"""
    picture: dict[str, Any]
    """In small, as cards of presets have it"""


@dataclass(frozen=True)
class GetKept(Job[KeptRun]):
    """Fields as those of KeptExperiment, which it lacks `here` of: that is the trainer's."""

    name: str
    note: str
    start: Array
    changed: bool
    steps_per_second: float | None
    curve: tuple[CurveEntry, ...]
    curve_width: int
    log: tuple[EpochRow, ...]


@dataclass(frozen=True)
class OpenKept(Job[Placed]):
    """From the start of its Spec to where a kept experiment stood. Raises Fault where it does not fit its data."""

    kept: KeptExperiment
