"""Curves of a run, thinned but never shortened: its loss, and what was measured of its layers.

When there are too many entries they are put in buckets of equal width in steps, and each bucket keeps those with the
lowest and the highest value of every quantity, so that a spike survives any thinning. The width doubles as needed.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from copy import copy
from itertools import groupby, takewhile
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np

from app.training_worker.page_data.measurements import QUANTITIES, Measured
from app.training_worker.port import FIRST_STEPS
from app.wire.numbers import numbers
from engine.training.epoch_log import EpochRow
from engine.training.snapshot import CurveEntry

CURVE = 200
"""Entries of a branch's curve that is drawn beside the one of now."""


class HasStep(Protocol):
    @property
    def step(self) -> int: ...


E = TypeVar("E", bound=HasStep)


class Curve(ABC, Generic[E]):
    @staticmethod
    @abstractmethod
    def ranges(entry: E) -> list[tuple[float, float]]:
        """Of each quantity the lowest and the highest value of an entry."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.width = 1
        """Of a bucket, in steps."""
        self._whole = 0
        """Entries of earlier steps are never thinned out."""
        self._entries: list[E] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Sequence[E]:
        """In the order of steps. The same list, longer, until it is thinned."""
        return self._entries

    def add(self, entry: E) -> None:
        """Entries come in the order of steps; a second one of the same step changes nothing."""
        if self._entries and entry.step <= self._entries[-1].step:
            return
        self._entries.append(entry)
        if len(self._entries) > self._most:
            self._entries = self._thinned()
            while len(self._entries) > 3 * self._most // 4:  # so that a quarter is free until the next thinning
                self.width *= 2
                self._entries = self._thinned()

    def copied(self) -> Self:
        """A curve of its own with the same entries."""
        other = copy(self)
        other._entries = list(self._entries)
        return other

    @classmethod
    def restored(cls, most: int, width: int, entries: list[E]) -> Self:
        """One that goes on as the one did whose width and entries these were."""
        curve = cls(most)
        curve.width, curve._entries = width, entries
        return curve

    def until(self, step: int) -> Self:
        """A curve of its own that ends at this step."""
        part = copy(self)
        part._entries = [entry for entry in self._entries if entry.step <= step]
        return part

    def _thinned(self) -> list[E]:
        kept = {self._entries[0].step, self._entries[-1].step}
        kept.update(entry.step for entry in self._entries if entry.step <= self._whole)
        for _, bucket in groupby(self._entries, key=lambda entry: entry.step // self.width):
            entries = list(bucket)
            for quantity in zip(*map(self.ranges, entries), strict=True):
                lows, highs = zip(*quantity, strict=True)
                kept.add(entries[lows.index(min(lows))].step)
                kept.add(entries[highs.index(max(highs))].step)
        return [entry for entry in self._entries if entry.step in kept]


class History(Curve[CurveEntry]):
    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._whole = min(FIRST_STEPS, most // 4)

    @property
    def last_step(self) -> int:
        return self._entries[-1].step if self._entries else -1

    def between(self, after: int, before: int) -> list[CurveEntry]:
        """Those of steps between these two."""
        start = bisect_right(self._entries, after, key=lambda entry: entry.step)
        return list(takewhile(lambda entry: entry.step < before, self._entries[start:]))

    @staticmethod
    def ranges(entry: CurveEntry) -> list[tuple[float, float]]:
        return [(loss, loss) for loss in (entry.train_loss, entry.test_loss)]

    def since(self, step: int) -> dict[str, list[Any]]:
        """At most CURVE entries from this step on, steps and losses, for a curve beside another."""
        entries = [entry for entry in self._entries if entry.step >= step]
        apart = -(-len(entries) // CURVE) or 1
        shown = [entry for i, entry in enumerate(entries) if i % apart == 0 or entry is entries[-1]]
        return {
            "steps": [entry.step for entry in shown],
            "train_loss": numbers((entry.train_loss for entry in shown), 6),
            "test_loss": numbers((entry.test_loss for entry in shown), 6),
        }

    def message(self) -> dict[str, object]:
        return {"type": "history", **entries_message(self._entries)}


def entries_message(entries: Sequence[CurveEntry]) -> dict[str, object]:
    """What goes to the browser of them; a loss that is not finite is null, as JSON has no word for it."""
    layers = len(entries[0].gradient_norms) if entries else 0
    return {
        "steps": [entry.step for entry in entries],
        "train_loss": numbers(entry.train_loss for entry in entries),  # all digits: runs are held to one another by it
        "test_loss": numbers((entry.test_loss for entry in entries), 6),
        "gradient_norms": [numbers((entry.gradient_norms[layer] for entry in entries), 6) for layer in range(layers)],
    }


def log_message(rows: Sequence[EpochRow]) -> dict[str, list[Any]]:
    """The exact numbers, column by column; null where there is none."""
    return {
        "epochs": [row.epoch for row in rows],
        "steps": [row.step for row in rows],
        "train_loss": numbers((row.train_loss for row in rows), 17),
        "test_loss": numbers((row.test_loss for row in rows), 17),
        "train_accuracy": numbers((row.train_accuracy for row in rows), 17),
        "test_accuracy": numbers((row.test_accuracy for row in rows), 17),
        "errors": [row.errors for row in rows],
    }


class Measurements(Curve[Measured]):
    @staticmethod
    def ranges(entry: Measured) -> list[tuple[float, float]]:
        return entry.ranges

    def message(self) -> dict[str, object]:
        """By quantity and layer, step by step; null where a layer has none."""
        values = np.array([one.values for one in self._entries])  # (steps, quantities, layers)
        return {
            "steps": [one.step for one in self._entries],
            "layers": {
                name: [numbers(line.tolist(), 4) for line in values[:, place].T] if len(values) else []
                for place, name in enumerate(QUANTITIES)
            },
        }
