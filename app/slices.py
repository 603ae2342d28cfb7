"""One slice of work for one session, done in a thread off the event loop: train, take a picture, turn it into bytes."""

import time
from dataclasses import dataclass

import numpy as np

from app.history import Entry
from app.protocol import RESOLUTION, Focus, encode_frame
from engine.choices import BackendName
from engine.network import Array
from engine.snapshot import Snapshot
from engine.spec import Spec
from engine.trainer import Trainer

GLANCE = 2
"""Resolution of a picture taken only for its losses and gradient norms."""


@dataclass(frozen=True)
class Slice:
    """What to do."""

    steps: int
    epochs: int
    """Then on to the end of so many epochs."""
    focuses: frozenset[Focus | None]
    """One frame for each; none: no frame."""
    record: bool
    """Whether an entry of the loss curve is wanted even without a frame."""
    frame: int
    """Number of the frame."""
    revision: int
    steps_per_second: float


@dataclass(frozen=True)
class Done:
    """What came of it."""

    step: int
    epoch: int
    diverged: int | None
    training_seconds: float
    frames: dict[Focus | None, bytes]
    entry: Entry | None


@dataclass(frozen=True)
class Start:
    """A fresh trainer and its points for the page: [x1, x2, t] each, t the label ±1 or the real-valued target."""

    trainer: Trainer
    train: list[list[float]]
    test: list[list[float]]
    entry: Entry


def start(spec: Spec, backend: BackendName) -> Start:
    trainer = Trainer(spec, backend=backend)
    return Start(
        trainer,
        train=points(trainer.train_points, trainer.train_labels),
        test=points(trainer.test_points, trainer.test_labels),
        entry=_entry(trainer.snapshot(GLANCE)),
    )


def points(places: Array, labels: Array) -> list[list[float]]:
    """(n, 2) and (n,) → [[x1, x2, t], …] with as many digits as a screen can show."""
    rows: list[list[float]] = np.column_stack([places, labels]).round(3).tolist()
    return [[round(value, 3) for value in row] for row in rows]


def work(trainer: Trainer, job: Slice) -> Done:
    began = time.perf_counter()
    if job.steps:
        trainer.advance(job.steps)
    for _ in range(job.epochs):
        trainer.advance_to_epoch_end()
    trained = time.perf_counter()
    frames: dict[Focus | None, bytes] = {}
    entry = None
    if job.focuses or job.record:
        snapshot = trainer.snapshot(RESOLUTION if job.focuses else GLANCE)
        entry = _entry(snapshot)
        for focus in job.focuses:
            frames[focus] = encode_frame(
                snapshot,
                revision=job.revision,
                frame=job.frame,
                steps_per_second=job.steps_per_second,
                focus=focus,
            )
    return Done(
        step=trainer.step,
        epoch=trainer.epoch,
        diverged=trainer.diverged,
        training_seconds=trained - began,
        frames=frames,
        entry=entry,
    )


def _entry(snapshot: Snapshot) -> Entry:
    return Entry(snapshot.step, snapshot.train_loss, snapshot.test_loss, snapshot.gradient_norms)
