"""One slice of work for one session, done in a thread off the event loop: train, take a picture, turn it into bytes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from app.training_worker import explanations as inspection
from app.training_worker.explanations import Wish
from app.wire.frames import RESOLUTION, Focus, encode_frame, winning_classes
from app.wire.messages import Refusal
from app.wire.numbers import number
from engine.backends.bugs import goes_with, has_place
from engine.data.digits import Library
from engine.data.targets import actual_classes
from engine.evaluation.answers import answers_of
from engine.nn.network import Array
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec
from engine.training import model_file
from engine.training.snapshot import Entry
from engine.training.stopping import StopReason
from engine.training.timeline import Moment, Position
from engine.training.trainer import Trainer

GLANCE = 2
"""Resolution of a picture taken only for its losses and gradient norms."""

PEEK_SIDE = 48
"""Resolution of a boundary that is shown small, beside another."""

PICTURES_OF_EACH = 2
"""Training pictures of each digit that the page shows as examples."""

SAMPLES = 10
"""Of values by values, shown with what the network makes of them."""


@dataclass(frozen=True)
class Slice:
    """What to do."""

    steps: int
    steps_of_epoch: int
    """Then so many more, but not beyond the end of the epoch."""
    focuses: frozenset[Focus | None]
    """One frame for each; none: no frame."""
    only_at_epoch_end: bool
    """Whether there are frames only where the epoch, or the run, came to its end."""
    record: bool
    """Whether an entry of the loss curve is wanted even without a frame."""
    frame: int
    """Number of the frame."""
    revision: int
    steps_per_second: float
    wishes: frozenset[Wish] = frozenset()
    """What viewers look into, of the last of the steps."""
    watched: bool = False
    """Whether the last of the steps may be looked into, though it may not be told of each."""
    before: Position | None = None
    """Where it stood before the last step until now, if that is known."""
    keep: Callable[[int], bool] = lambda _step: False
    """Whether the past wants a moment of this step."""


@dataclass(frozen=True)
class Done:
    """What came of it."""

    step: int
    epoch: int
    diverged: int | None
    stopped: StopReason | None
    epoch_ended: bool
    """Whether the steps of the epoch came to its end."""
    training_seconds: float
    picture_seconds: float
    """Of a processor: a machine that is busy with other things makes no picture dearer."""
    frames: dict[Focus | None, bytes]
    entry: Entry | None
    position: Position | None
    """Where the run stood when the entry was made, if the past wants it."""
    before: Position | None
    """Where it stood before the last step, if that may be looked into."""
    explanations: dict[Wish, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Where a run stands that was put there by hand."""

    position: Position
    diverged: int | None
    stopped: StopReason | None
    entry: Entry


@dataclass(frozen=True)
class Start:
    """A fresh trainer and its data for the page."""

    trainer: Trainer
    points: dict[str, list[list[float]]]
    """Training and test points [x1, x2, t, …]; t: the label ±1, the number of one of many classes, or values. None
    where inputs are not of the plane."""
    pictures: dict[str, Any] | None
    """Where inputs are pictures: how large, how many, and some of them."""
    samples: dict[str, list[list[float]]] | None
    """Where targets are columns of values and inputs are not of the plane: some of both."""
    entry: Entry
    position: Position


def start(
    spec: Spec,
    parameters: dict[str, Array] | None = None,
    bug: BugName | None = None,
    *,
    backend: BackendName,
    library: Library,
) -> Start:
    """parameters: other weights than the seed's; bug: planted, where it can be. Raises Fault where pictures
    cannot be read."""
    trainer = Trainer(spec, backend=backend, library=library)
    if bug is not None and has_place(bug, spec) and goes_with(bug, spec.optimizer):
        trainer.plant(bug)
    if parameters is not None:
        trainer.load_parameters(parameters)
    prepare(trainer)
    plane = spec.kind.plane
    return Start(
        trainer,
        points={
            "train": points(trainer.train_points, trainer.train_labels) if plane else [],
            "test": points(trainer.test_points, trainer.test_labels) if plane else [],
        },
        pictures=_pictures(trainer) if spec.kind.side else None,
        samples=_samples(trainer) if spec.is_regression and not plane else None,
        entry=trainer.snapshot(GLANCE).entry,
        position=trainer.position(),
    )


def configure(trainer: Trainer, spec: Spec) -> Standing:
    trainer.configure(spec)
    prepare(trainer)
    return standing(trainer)


def plant(trainer: Trainer, spec: Spec, bug: BugName | None) -> Standing:
    """Goes on under a Spec with a bug, or without."""
    trainer.plant(None)
    trainer.configure(spec)
    trainer.plant(bug)
    return standing(trainer)


def prepare(trainer: Trainer) -> None:
    """Works out, off the event loop, what takes a moment and is then remembered."""
    if trainer.spec.optimizer == "perceptron":
        _ = trainer.inseparable


def points(places: Array, labels: Array) -> list[list[float]]:
    """(n, 2) and (n,) or (n, values) → [[x1, x2, t, …], …] with as many digits as a screen can show."""
    rows: list[list[float]] = np.column_stack([places, labels]).round(3).tolist()
    return [[round(value, 3) for value in row] for row in rows]


def _pictures(trainer: Trainer) -> dict[str, Any]:
    """Some training pictures of each digit, each digit in turn, as bytes: 0 black, 255 white."""
    digits = actual_classes(trainer.train_labels, trainer.spec)
    rows = [np.flatnonzero(digits == digit)[:PICTURES_OF_EACH] for digit in range(trainer.spec.class_count)]
    chosen = [int(row) for turn in zip_longest(*rows) for row in turn if row is not None]
    return {
        "side": trainer.spec.kind.side,
        "count": len(digits),
        "samples": [
            {"label": int(digits[row]), "pixels": np.rint(trainer.train_points[row] * 255).astype(int).tolist()}
            for row in chosen
        ],
    }


def _samples(trainer: Trainer) -> dict[str, list[list[float]]]:
    """The first inputs and targets of the training set, as many as a panel has room for."""
    return {
        "inputs": trainer.train_points[:SAMPLES].astype(float).round(4).tolist(),
        "targets": trainer.train_labels[:SAMPLES].astype(float).round(4).tolist(),
    }


def work(trainer: Trainer, job: Slice) -> Done:
    began = time.perf_counter()
    first = trainer.step
    before = _train(trainer, job.steps, job.watched)
    epoch = trainer.epoch
    if job.steps_of_epoch:
        before = _train(trainer, min(job.steps_of_epoch, trainer.steps_left_in_epoch), job.watched) or before
    if trainer.step == first:
        before = job.before
    trained, spent = time.perf_counter(), time.thread_time()
    epoch_ended = job.steps_of_epoch > 0 and trainer.epoch > epoch
    frames: dict[Focus | None, bytes] = {}
    entry = None
    over = epoch_ended or trainer.diverged is not None or trainer.stopped is not None
    focuses = job.focuses if over or not job.only_at_epoch_end else frozenset()
    if focuses or job.record:
        snapshot = trainer.snapshot(RESOLUTION if focuses else GLANCE)
        entry = snapshot.entry
        for focus in focuses:
            frames[focus] = encode_frame(
                snapshot,
                trainer.spec,
                revision=job.revision,
                frame=job.frame,
                steps_per_second=job.steps_per_second,
                focus=focus,
            )
    return Done(
        step=trainer.step,
        epoch=trainer.epoch,
        diverged=trainer.diverged,
        stopped=trainer.stopped,
        epoch_ended=epoch_ended,
        training_seconds=trained - began,
        picture_seconds=time.thread_time() - spent,
        frames=frames,
        entry=entry,
        position=trainer.position() if entry is not None and job.keep(trainer.step) else None,
        before=before,
        explanations={wish: _explained(trainer, before, wish) for wish in job.wishes} if frames else {},
    )


def _train(trainer: Trainer, steps: int, watched: bool) -> Position | None:
    """Takes the steps; watched: gives where the run stood before the last of them, if it took that."""
    if not (watched and steps):
        trainer.advance(steps)
        return None
    trainer.advance(steps - 1)
    before = trainer.position()
    trainer.advance(1)
    return before if trainer.step > before.state.step else None


def _explained(trainer: Trainer, before: Position | None, wish: Wish) -> dict[str, Any]:
    """The explanation, or the sentence that says why there is none: a last batch may be smaller."""
    try:
        return inspection.explanation(trainer, before, wish)
    except Refusal as refusal:
        return refusal.message()


# Put somewhere by hand


def standing(trainer: Trainer) -> Standing:
    return Standing(trainer.position(), trainer.diverged, trainer.stopped, trainer.snapshot(GLANCE).entry)


def go_to(trainer: Trainer, position: Position, steps: int) -> Standing:
    """So many steps on from a position."""
    trainer.return_to(position)
    trainer.advance(steps)
    return standing(trainer)


def edit(trainer: Trainer, tensor: str, index: tuple[int, ...], value: float) -> Standing:
    """One parameter set to a value."""
    parameters = trainer.parameters()
    parameters[tensor][index] = value
    trainer.load_parameters(parameters)
    return standing(trainer)


def before_last(trainer: Trainer, moment: Moment) -> Position | None:
    """Where the run stood before its last step, had again from a moment before that."""
    here = trainer.position()
    trainer.return_to(moment.position)
    trainer.advance(here.state.step - 1 - moment.step)
    before = trainer.position()
    trainer.return_to(here)
    return before if before.state.step == here.state.step - 1 else None


def peek(trainer: Trainer, moment: Moment, steps: int) -> dict[str, Any]:
    """The boundary and the losses so many steps after a moment; the run stays where it is."""
    here = trainer.position()
    trainer.return_to(moment.position)
    trainer.advance(steps)
    snapshot = trainer.snapshot(PEEK_SIDE)
    trainer.return_to(here)
    boundary, classes = snapshot.boundary, winning_classes(snapshot, moment.position.spec)
    return {
        "step": snapshot.step,
        "test_loss": number(snapshot.test_loss, 17),
        "side": PEEK_SIDE,
        "values": None if boundary is None else [number(float(value), 4) for value in np.ravel(boundary)],
        "classes": classes and {"winners": classes[0].ravel().tolist(), "strength": classes[1].ravel().tolist()},
    }


def model_of(trainer: Trainer) -> bytes:
    """The weights of now, and the running statistics of norms, as a file of torch."""
    return model_file.write({**trainer.parameters(), **trainer.buffers()})


def read_model(trainer: Trainer, data: bytes) -> dict[str, Array]:
    """The same out of such a file. Raises Fault where it is not of this network."""
    return model_file.read(data, {**trainer.network.shapes, **trainer.network.buffer_shapes})


def predict(trainer: Trainer, inputs: Sequence[Sequence[float]]) -> tuple[Array, Array]:
    """Network outputs and answers, both (n, …), for rows of the right length."""
    outputs = trainer.predict(inputs)
    return outputs, answers_of(trainer.spec, outputs)
