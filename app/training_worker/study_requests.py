"""What a study is asked for with, and what a worker says of it: the part of `port` that is about many runs at once."""

from dataclasses import dataclass
from typing import Any

from engine.spec.spec import Spec
from engine.studies.measures import MeasureName
from engine.studies.sweep import Axis


class StudyHandle:
    """Stands for a study. Only the worker that gave it knows what is behind it."""


class Study:
    """Many runs, asked for as data; `studies` says how each kind is done."""


@dataclass(frozen=True)
class SweepStudy(Study):
    """See `engine.studies.sweep.Sweep`, which these are the fields of."""

    spec: Spec
    x: Axis
    y: Axis
    epochs: int
    seeds: int
    measure: MeasureName
    target: float


@dataclass(frozen=True)
class PlannedStudy:
    handle: StudyHandle
    runs: int
    longest_run: int
    """Steps."""
    seconds: float
    """It will take about so long, where nothing else is done."""
    message: dict[str, Any]
    """What the page must know of it, as JSON."""


@dataclass(frozen=True)
class StudyPiece:
    parts: list[Any]
    """What has come of it, one for each run or cell that has ended, as JSON."""
    runs: int
    """Ended by it."""
    ended: bool
    """Whether nothing is left that could be begun: pieces under way may still give more."""
