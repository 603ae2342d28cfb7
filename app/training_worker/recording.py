"""Takes steps of training and records on the way what nobody may miss: every one of the first steps for the loss curve,
whether a picture of it is made or not."""

import time

from app.training_worker.port import FIRST_STEPS, Recorded
from engine.training.picture import Readings
from engine.training.snapshot import CurveEntry
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

MOST_SECONDS = 0.03
"""Of a processor for a step and its entry. Of networks and data that take longer only steps that are shown have one."""

MOST_COSTLY = 2
"""So many in a row: the first of a process loads the kernels."""


def advance(trainer: Trainer, steps: int, *, watched: bool, every_step: bool) -> Recorded:
    """So many steps, or fewer where the run ends. watched: keeps where it stood before the last of them. every_step:
    records each of the first steps but the last one taken, of which there may be a picture."""
    first, entries, costly = trainer.step, list[CurveEntry](), 0
    while every_step and costly < MOST_COSTLY and trainer.step < min(first + steps - 1, FIRST_STEPS):
        before, began = trainer.step, time.thread_time()
        entry = entry_of(trainer.readings(1))
        if entry.step == before:
            break
        entries.append(entry)
        costly = costly + 1 if time.thread_time() - began > MOST_SECONDS else 0
    left = first + steps - trainer.step
    checkpoint = _watched(trainer, left) if watched and left else None
    if not watched:
        trainer.advance(left)
    return Recorded(checkpoint, entries, too_costly=costly == MOST_COSTLY)


def entry_of(readings: Readings) -> CurveEntry:
    return CurveEntry(readings.step, readings.train_loss, readings.test_loss, readings.gradient_norms)


def _watched(trainer: Trainer, steps: int) -> Checkpoint | None:
    """Where it stood before the last step, if that was taken."""
    trainer.advance(steps - 1)
    before = trainer.checkpoint()
    trainer.advance(1)
    return before if trainer.step > before.state.step else None
