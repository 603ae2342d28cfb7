"""The only door to a Trainer: start one for a run, then have jobs done on it, each with its result.

Nothing here says where a Trainer lives; `threads` keeps it in this process. Whoever holds its handle sees results,
never the Trainer. A job is data that can be pickled, so that it could be sent to another process; what each one does is
in `jobs`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from app.training_worker.memory import MemoryBudget
from app.training_worker.page_data.measurements import Measured
from app.training_worker.page_data.network_sample import NetworkSample
from app.training_worker.study_requests import LossSurfaceAnswer, Question, StudyWorker
from app.wire.frames import Focus
from engine.explaining.terms import Subject
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FormatName, ProgramName
from engine.nn.network import Array
from engine.spec.choices import BackendName, BugName
from engine.spec.presets import Preset
from engine.spec.spec import Spec
from engine.training.epoch_log import EpochRow
from engine.training.snapshot import CurveEntry
from engine.training.stopping import StopReason
from engine.training.timeline import Checkpoint, Moment, RecordRule
from engine.training.weights import Weights

R = TypeVar("R")

FIRST_STEPS = 400
"""Of a run, in which most curves fall: each of these steps has its entry in the loss curve."""

ModelFormat = Literal["pt", "safetensors"]
"""Of a file of weights: torch's own, or safetensors. Also the ending of its name."""


class TrainerHandle:
    """Stands for the Trainer of one run. Only the worker that gave it knows what is behind it."""


class Job(Generic[R]):
    """Something to be done with a Trainer; R: what comes of it."""


class TrainingWorker(StudyWorker):
    @property
    @abstractmethod
    def parallel_jobs(self) -> int:
        """How many runs can train at the same moment, besides those that take long."""

    @property
    @abstractmethod
    def memory(self) -> MemoryBudget:
        """Of the process that keeps the Trainers."""

    @abstractmethod
    async def start(
        self,
        spec: Spec,
        parameters: dict[str, Array] | None = None,
        bug: BugName | None = None,
        backend: BackendName | None = None,
    ) -> Started:
        """A Trainer at the start of a Spec. parameters: other weights than the seed's; bug: planted where it can be;
        backend: None: the server's own. Raises Fault, Refusal where there is not enough memory, and EngineHarmed."""

    @abstractmethod
    async def do(self, trainer: TrainerHandle, job: Job[R]) -> R:
        """Two jobs of one Trainer must not overlap. A change that fails leaves the Trainer where it stood; Train may
        then have taken some of its steps. Raises Refusal where there is not enough memory, and EngineHarmed."""

    @abstractmethod
    async def compare(self, trainer: TrainerHandle, at: Checkpoint) -> Compared:
        """Compares the next step from a checkpoint with other arithmetic, in a process of its own. May go on beside any
        job, and does no harm to the run whatever happens: then the message says so."""

    @abstractmethod
    async def read_weights(self, spec: Spec, data: bytes) -> Weights:
        """The weights in a file, read in a process of its own. Raises Fault, and Refusal where it cannot be read."""

    @abstractmethod
    async def export(self, name: FormatName, run: ExportedRun) -> tuple[bytes, dict[str, Any]]:
        """See `exporting.export`."""

    @abstractmethod
    async def train(
        self, turns: Sequence[tuple[TrainerHandle, Train]], takes_long: bool = False
    ) -> list[Trained | Exception]:
        """Several jobs of different Trainers, one after the other; what fails gives its failure and stops none of the
        others. takes_long: where one of them does (see Experiment), all wait for others that do, and for nobody
        else."""

    @abstractmethod
    async def measure_loss_surface(
        self, trainer: TrainerHandle, at: Checkpoint, question: Question
    ) -> LossSurfaceAnswer:
        """At a checkpoint. May go on beside any job, and leaves the processor to all other work. Raises Refusal."""

    @abstractmethod
    async def preset_picture(self, preset: Preset) -> dict[str, Any]:
        """Trains a preset and draws it in small, one preset at a time."""

    @abstractmethod
    def stop_presets(self) -> None:
        """Ends the picture of a preset that is being made, and makes no more."""

    @abstractmethod
    def close(self) -> None:
        """Ends all work; what has not begun is dropped."""


# What is known of a run outside the worker


@dataclass(frozen=True)
class Experiment:
    """What a Trainer trains: its Spec, and what follows from Spec and data."""

    spec: Spec
    bug: BugName | None
    backend: BackendName
    sizes: tuple[int, ...]
    """Widths of the columns of neurons: inputs, hidden…, outputs."""
    shapes: Mapping[str, tuple[int, ...]]
    """Of every tensor of parameters, by name."""
    never_ends: bool
    """Whether this is a perceptron that will never be done, as no line separates its classes."""
    takes_long: bool
    """Whether a step or a picture takes so long that it must hold up nobody else's."""
    message: dict[str, Any]
    """What the page must know of it to draw it and to say what its outputs mean."""


@dataclass(frozen=True)
class Started:
    """A Trainer at the start of a run, and its data for the page."""

    trainer: TrainerHandle
    experiment: Experiment
    data: dict[str, Any]
    """Points, pictures and samples: see `descriptions.of_data`."""
    entry: CurveEntry
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Placed:
    """Where a run stands that something else than training has put there."""

    experiment: Experiment
    checkpoint: Checkpoint
    diverged: int | None
    stopped: StopReason | None
    entry: CurveEntry


# Training


@dataclass(frozen=True)
class InspectRequest:
    """Which number a viewer has opened in the inspector."""

    subject: Subject
    sample: int
    step: int | None = None
    """Which step, counted from 1, if that is the one to come; else the last one."""


@dataclass(frozen=True)
class Trained:
    step: int
    epoch: int
    diverged: int | None
    stopped: StopReason | None
    bug: BugName | None
    """Planted."""
    epoch_ended: bool
    """Whether `steps_of_epoch` came to the end of the epoch."""
    training_seconds: float | None
    """None where the steps were taken together with the picture."""
    picture_seconds: float
    """Of a processor: a machine that is busy with other things makes no picture dearer."""
    frames: dict[Focus | None, bytes]
    scores: dict[str, Any] | None
    """See `descriptions.scores`, if they are wanted."""
    scores_seconds: float
    """Of a processor."""
    entries: list[CurveEntry]
    """Of the loss curve, before the one that follows."""
    rows: list[EpochRow]
    """Of the log."""
    too_costly: bool
    """Whether an entry took so long that no more are to be made for their own sake."""
    entry: CurveEntry | None
    checkpoint: Checkpoint | None
    """Where the run stood when the entry was made, if the timeline keeps it."""
    before: Checkpoint | None
    """Where it stood before the last step, if that may be inspected."""
    here: Checkpoint | None = None
    """Where it stands now, if that is to be saved."""
    explanations: dict[InspectRequest, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Train(Job[Trained]):
    """Trains, takes a picture and turns it into bytes."""

    steps: int
    steps_of_epoch: int
    """Then so many more, but not beyond the end of the epoch."""
    focuses: frozenset[Focus | None]
    """One frame for each; none: no frame."""
    only_at_epoch_end: bool
    """Whether there are frames only where the epoch, or the run, came to its end."""
    record: bool
    """Whether an entry of the loss curve is wanted even without a frame."""
    scores: bool
    """Whether the metrics of both sets are wanted, where a frame would be."""
    frame: int
    """Number of the frame."""
    revision: int
    steps_per_second: float
    timed: bool = True
    """Whether it matters how long the steps take; else they and the picture may be one call."""
    inspect_requests: frozenset[InspectRequest] = frozenset()
    """To be answered for the last of the steps."""
    watched: bool = False
    """Whether the last of the steps may be inspected later, though no explanation is due now."""
    before: Checkpoint | None = None
    """Where it stood before the last step until now, if that is known."""
    record_rule: RecordRule | None = None
    """Of the timeline: which steps it wants a checkpoint of; None: of none."""
    every_step: bool = False
    """Whether each of the first steps of a run is to have its entry in the loss curve."""
    logged_epoch: int | None = None
    """The last epoch that needs no row in the log; None: there is no log."""
    save: bool = False
    """Whether it is to be saved where the run then stands."""


# Changes


@dataclass(frozen=True)
class Configure(Job[Placed]):
    """Goes on under another Spec, no field of which restarts the run."""

    spec: Spec


@dataclass(frozen=True)
class PlantBug(Job[Placed]):
    """Goes on under a Spec with a bug, or without."""

    spec: Spec
    bug: BugName | None


@dataclass(frozen=True)
class SwitchBackend(Job[Placed]):
    """Goes on with another backend."""

    backend: BackendName


@dataclass(frozen=True)
class Edit(Job[Placed]):
    """Sets one parameter."""

    tensor: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class GoTo(Job[Placed]):
    """So many steps on from a checkpoint."""

    checkpoint: Checkpoint
    steps: int


# Looking, which changes nothing


@dataclass(frozen=True)
class Locate(Job[Placed]):
    """Where the run stands, with its losses."""


@dataclass(frozen=True)
class GetCheckpoint(Job[Checkpoint]):
    """Where the run stands."""


@dataclass(frozen=True)
class GetCheckpointBeforeLastStep(Job[Checkpoint | None]):
    """Where the run stood before its last step, found by training again from `moment`; None where that does not lead
    to the step before."""

    moment: Moment


@dataclass(frozen=True)
class Peek(Job[dict[str, Any]]):
    """The boundary and the losses so many steps after a moment, as a message without its type."""

    moment: Moment
    steps: int


@dataclass(frozen=True)
class Predict(Job[dict[str, Any]]):
    """Outputs for rows of the right length, and the values of a neuron if there is a place, as a message."""

    question: int
    inputs: Sequence[Sequence[float]]
    place: tuple[int, int] | None
    """Linear layer and neuron; of layer −1 a feature of the plane."""
    layers: bool = False
    """Whether with the values of all layers, for the first row"""


@dataclass(frozen=True)
class Explain(Job[dict[str, Any]]):
    """See `explanations.explanation`."""

    before: Checkpoint | None
    request: InspectRequest


@dataclass(frozen=True)
class OpenNextStep(Job[dict[str, Any]]):
    """See `explanations.opened`."""

    sample: int


@dataclass(frozen=True)
class WriteModel(Job[tuple[int, bytes]]):
    """The step and the current weights, with the running statistics of norms, as a file."""

    format: ModelFormat = "pt"


@dataclass(frozen=True)
class GetExportedRun(Job[ExportedRun]):
    """What of the run goes into its exports. start: its parameters before the first step; changed: whether it was
    changed since; curve: its losses so far."""

    start: Array
    changed: bool = False
    curve: tuple[CurveEntry, ...] = ()


@dataclass(frozen=True)
class WriteProgram(Job[dict[str, Any]]):
    """A program of the run, to be read, as JSON: its step, and its lines, each with its phase."""

    name: ProgramName
    start: Array
    changed: bool = False


@dataclass(frozen=True)
class GetNetworkSample(Job[NetworkSample]):
    """point: number of a training sample, as text. Raises Refusal where there is no such sample."""

    point: str


@dataclass(frozen=True)
class Compared:
    message: dict[str, Any]
    """Without its type."""
    seconds: float
    """Of a processor: neither waiting for the process nor its start makes a comparison dearer."""


@dataclass(frozen=True)
class Examined:
    measured: Measured
    message: dict[str, Any]
    seconds: float
    """Of a processor."""


@dataclass(frozen=True)
class Examine(Job[Examined]):
    """Measures the layers and says what is wrong with the run. entries: its loss curve so far."""

    entries: Sequence[CurveEntry]
