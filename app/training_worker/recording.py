"""Takes steps of training and records on the way what nobody may miss, whether a picture of it is made or not: every
one of the first steps for the loss curve, and the ends of epochs for the log."""

import time

from app.training_worker.port import FIRST_STEPS
from engine.training.epoch_log import EpochRow, next_epoch, row_of
from engine.training.picture import Readings
from engine.training.snapshot import CurveEntry
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

MOST_SECONDS = 0.03
"""Of a processor for a step and its entry. Of networks and data that take longer only steps that are shown have one."""

MOST_COSTLY = 2
"""So many in a row: the first of a process loads the kernels."""


class Recorder:
    """The steps of one turn. What it takes and records is the same however they are asked for."""

    def __init__(self, trainer: Trainer, *, watched: bool, every_step: bool, logged_epoch: int | None = None) -> None:
        """watched: keeps where the run stood before the last step. every_step: records each of the first steps but the
        last one taken, of which there may be a picture. logged_epoch: the last one that needs no row; None: there is
        no log."""
        self._trainer = trainer
        self._watched = watched
        self._every_step = every_step
        self._logged_epoch = logged_epoch
        self.before: Checkpoint | None = None
        """Where the run stood before the last step, if that may be inspected."""
        self.entries: list[CurveEntry] = []
        """Of the loss curve, of steps before the last one."""
        self.rows: list[EpochRow] = []
        """Of the log."""
        self.too_costly = False
        """Whether an entry took so long that no more are to be made for their own sake."""

    def advance(self, steps: int) -> None:
        """So many steps, or fewer where the run ends."""
        left = self.advance_to_last_row(steps)
        if self._watched and left:
            self._advance_watched(left)
        else:
            self._trainer.advance(left)

    def advance_to_last_row(self, steps: int) -> int:
        """As many of these steps as are to be recorded one by one, or lead to the end of an epoch that gets a row. At
        least one is left, and so is what comes after; gives how many."""
        end = self._trainer.step + steps
        if steps:
            self.log_if_due()
            self._record_first_steps(end)
        while steps and (ahead := self._steps_to_row(most=end - self._trainer.step - 1)):
            stop = self._trainer.step + ahead
            self.note(self._trainer.readings(ahead))
            if self._trainer.step < stop:
                break
        return end - self._trainer.step

    def note(self, readings: Readings) -> None:
        """The numbers of where the run stands, of which there is a row where an epoch has just ended."""
        if self._row_is_due:
            self.rows.append(row_of(self._trainer.spec, readings, len(self._trainer.train_inputs)))
            self._logged_epoch = readings.epoch

    def log_if_due(self) -> None:
        """The row of where the run stands."""
        if self._row_is_due:
            self.note(self._trainer.readings())

    def _record_first_steps(self, end: int) -> None:
        trainer, costly = self._trainer, 0
        while self._every_step and costly < MOST_COSTLY and trainer.step < min(end - 1, FIRST_STEPS):
            before, began = trainer.step, time.thread_time()
            readings = trainer.readings(1)
            if readings.step == before:
                break
            self.entries.append(entry_of(readings))
            self.note(readings)
            costly = costly + 1 if time.thread_time() - began > MOST_SECONDS else 0
        self.too_costly = self.too_costly or costly == MOST_COSTLY

    def _steps_to_row(self, most: int) -> int:
        """Up to the end of the next epoch that gets a row; 0 where that is farther."""
        if self._logged_epoch is None:
            return 0
        trainer = self._trainer
        epochs = next_epoch(self._logged_epoch) - 1 - trainer.epoch
        steps = trainer.steps_left_in_epoch + epochs * trainer.batches_per_epoch
        return steps if steps <= most else 0

    @property
    def _row_is_due(self) -> bool:
        trainer, logged = self._trainer, self._logged_epoch
        if logged is None or trainer.epoch <= logged or not trainer.between_epochs:
            return False
        return trainer.epoch == next_epoch(logged) or trainer.stopped is not None

    def _advance_watched(self, steps: int) -> None:
        self._trainer.advance(steps - 1)
        before = self._trainer.checkpoint()
        self._trainer.advance(1)
        self.before = before if self._trainer.step > before.state.step else self.before


def entry_of(readings: Readings) -> CurveEntry:
    return CurveEntry(readings.step, readings.train_loss, readings.test_loss, readings.gradient_norms)
