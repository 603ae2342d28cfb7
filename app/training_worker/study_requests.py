"""What a study is asked for with, and what a worker says of it: the part of `port` that is about many runs at once."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from engine.backends.weight_plane import WeightPlane
from engine.nn.network import Array
from engine.spec.spec import Spec
from engine.studies.landscape import Directions, SamplesName
from engine.studies.luck import Varied
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
class LuckStudy(Study):
    """See `engine.studies.luck.Luck`, which these are the fields of."""

    spec: Spec
    seeds: int
    epochs: int
    vary: Varied
    against: dict[str, Any] | None


@dataclass(frozen=True)
class RateStudy(Study):
    """See `engine.studies.rate_finder`."""

    spec: Spec


@dataclass(frozen=True)
class PictureStudy(Study):
    """What a run has learned after so many steps."""

    spec: Spec
    steps: int


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


class StudyWorker(ABC):
    """What `port.TrainingWorker` does for studies."""

    @abstractmethod
    async def plan(self, study: Study) -> PlannedStudy:
        """Checks a study and tells what it will cost; nothing of it is begun. Raises Refusal."""

    @abstractmethod
    async def work_on(self, study: StudyHandle) -> StudyPiece:
        """A piece of a study, some milliseconds long, that leaves the processor to all other work. As many at a time
        as there are `parallel_jobs`."""


# What lies around the current weights


@dataclass(frozen=True)
class LandscapeQuestion:
    """See `engine.studies.landscape`."""

    side: int
    directions: Directions
    samples: SamplesName
    seed: int
    path: tuple[Array, ...]
    other_paths: tuple[tuple[Array, ...], ...] = ()


@dataclass(frozen=True)
class CurvatureQuestion:
    """See `engine.studies.stability`. count: of the largest eigenvalues."""

    count: int


Question = LandscapeQuestion | CurvatureQuestion


@dataclass(frozen=True)
class LossSurfaceAnswer:
    message: dict[str, Any]
    """Without its type."""
    plane: WeightPlane | None
    """Of a landscape, so that a point of it can be gone to."""
