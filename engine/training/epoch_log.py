"""Log: the numbers of a run at the ends of its epochs, of each one while they are few, then of every second, fourth, …

Which epochs have a row follows from the newest one alone, so that a log is the same whoever keeps it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from engine.spec.spec import Spec
from engine.training.picture import Readings

MOST_ROWS = 200


@dataclass(frozen=True)
class EpochRow:
    epoch: int
    """Counted from 1."""
    step: int
    """At its end."""
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    errors: int | None
    """Wrong answers of the perceptron while it went through the epoch, each of which has changed its weights."""


class EpochLog:
    def __init__(self, rows: Sequence[EpochRow] = ()) -> None:
        """rows: in their order."""
        spacing = spacing_of(rows[-1].epoch) if rows else 1
        self._rows = [*(row for row in rows[:-1] if row.epoch % spacing == 0), *rows[-1:]]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def entries(self) -> Sequence[EpochRow]:
        """In the order of epochs. The same list, longer, until it is thinned."""
        return self._rows

    @property
    def last_epoch(self) -> int:
        return self._rows[-1].epoch if self._rows else 0

    def add(self, row: EpochRow) -> None:
        """Rows come in the order of epochs; a second one of the same epoch changes nothing."""
        if row.epoch <= self.last_epoch:
            return
        spacing = spacing_of(row.epoch)
        stopped_between = self.last_epoch % spacing > 0  # by itself, and then it was made to go on
        if stopped_between or spacing > spacing_of(self.last_epoch):
            self._rows = [before for before in self._rows if before.epoch % spacing == 0]
        self._rows.append(row)

    def between(self, after: int, last: int) -> list[EpochRow]:
        """Those of later steps than `after`, up to the step `last`."""
        first, end = (bisect_right(self._rows, step, key=lambda row: row.step) for step in (after, last))
        return self._rows[first:end]

    def copied(self) -> Self:
        """A log of its own with the same rows."""
        return type(self)(self._rows)

    def until(self, step: int) -> Self:
        """A log of its own that ends at this step."""
        return type(self)([row for row in self._rows if row.step <= step])


def spacing_of(epoch: int) -> int:
    """Every how many epochs have a row when this is the newest: the lowest power of two with MOST_ROWS at most."""
    spacing = 1
    while epoch // spacing > MOST_ROWS:
        spacing *= 2
    return spacing


def next_epoch(after: int) -> int:
    """The first epoch after this one that gets a row. That where the run stops by itself gets one, too."""
    epoch = after + 1
    while beyond := epoch % spacing_of(epoch):
        epoch += spacing_of(epoch) - beyond
    return epoch


def row_of(spec: Spec, readings: Readings, samples: int) -> EpochRow:
    """Of the numbers at the end of an epoch; samples: of the training set."""
    errors = None
    if spec.optimizer == "perceptron" and readings.epoch_loss is not None:
        errors = round(
            readings.epoch_loss * (samples if spec.reduction == "mean" else 1)
        )  # each is (0 − 1)² or (1 − 0)²
    return EpochRow(
        readings.epoch,
        readings.step,
        readings.train_loss,
        readings.test_loss,
        readings.train_accuracy,
        readings.test_accuracy,
        errors,
    )
