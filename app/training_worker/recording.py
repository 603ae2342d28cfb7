"""Takes steps of training and records on the way what nobody may miss: every one of the first steps for the loss curve,
whether a picture of it is made or not."""

import time

from app.training_worker.port import FIRST_STEPS, Recorded
from engine.training.snapshot import CurveEntry, gradient_norms
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

MOST_SECONDS = 0.03
"""Of a processor for one entry. Of networks and data that take longer only the steps that are shown have one."""


def advance(trainer: Trainer, steps: int, *, watched: bool, every_step: bool) -> Recorded:
    """So many steps, or fewer where the run ends. watched: keeps where it stood before the last of them. every_step:
    records each of the first steps but the last one taken, of which there may be a picture."""
    first, entries = trainer.step, list[CurveEntry]()
    while every_step and trainer.step < min(first + steps - 1, FIRST_STEPS):
        before = trainer.step
        trainer.advance(1)
        if trainer.step == before:
            break
        began = time.thread_time()
        entries.append(curve_entry(trainer))
        every_step = time.thread_time() - began <= MOST_SECONDS
    left = first + steps - trainer.step
    checkpoint = _watched(trainer, left) if watched and left else None
    if not watched:
        trainer.advance(left)
    return Recorded(checkpoint, entries, too_costly=bool(entries) and not every_step)


def curve_entry(trainer: Trainer) -> CurveEntry:
    """The losses and gradient norms of now, and nothing else of a snapshot."""
    losses = trainer.evaluate()
    return CurveEntry(trainer.step, losses["train_loss"], losses["test_loss"], gradient_norms(trainer.gradients()))


def _watched(trainer: Trainer, steps: int) -> Checkpoint | None:
    """Where it stood before the last step, if that was taken."""
    trainer.advance(steps - 1)
    before = trainer.checkpoint()
    trainer.advance(1)
    return before if trainer.step > before.state.step else None
