"""History: the loss curve of a run, thinned but never shortened.

When there are too many entries they are put in buckets of equal width in steps, and each bucket keeps those with the
lowest and the highest training and test loss, so that a spike survives any thinning. The width doubles as needed.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from app.numbers import number
from engine.snapshot import Entry

CURVE = 200
"""Entries of a branch's curve that is drawn beside the one of now."""


class History:
    def __init__(self, most: int) -> None:
        self._most = most
        self._width = 1
        self._entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Sequence[Entry]:
        """In the order of steps."""
        return self._entries

    def add(self, entry: Entry) -> None:
        """Entries come in the order of steps; a second one of the same step changes nothing."""
        if self._entries and entry.step <= self._entries[-1].step:
            return
        self._entries.append(entry)
        if len(self._entries) > self._most:
            self._entries = self._thinned()
            while len(self._entries) > 3 * self._most // 4:  # so that a quarter is free until the next thinning
                self._width *= 2
                self._entries = self._thinned()

    def until(self, step: int) -> "History":
        """A curve of its own that ends at this step."""
        part = History(self._most)
        part._width = self._width
        part._entries = [entry for entry in self._entries if entry.step <= step]
        return part

    def since(self, step: int) -> dict[str, list[Any]]:
        """At most CURVE entries from this step on, steps and losses, for a curve beside another."""
        entries = [entry for entry in self._entries if entry.step >= step]
        apart = -(-len(entries) // CURVE) or 1
        shown = [entry for i, entry in enumerate(entries) if i % apart == 0 or entry is entries[-1]]
        return {
            "steps": [entry.step for entry in shown],
            "train_loss": _numbers(entry.train_loss for entry in shown),
            "test_loss": _numbers(entry.test_loss for entry in shown),
        }

    def message(self) -> dict[str, object]:
        """What goes to the browser; a loss that is not finite is null, as JSON has no word for it."""
        layers = len(self._entries[0].gradient_norms) if self._entries else 0
        return {
            "type": "history",
            "steps": [entry.step for entry in self._entries],
            "train_loss": _numbers(entry.train_loss for entry in self._entries),
            "test_loss": _numbers(entry.test_loss for entry in self._entries),
            "gradient_norms": [
                _numbers(entry.gradient_norms[layer] for entry in self._entries) for layer in range(layers)
            ],
        }

    def _thinned(self) -> list[Entry]:
        kept = {self._entries[0].step, self._entries[-1].step}
        for _, bucket in groupby(self._entries, key=lambda entry: entry.step // self._width):
            entries = list(bucket)
            for loss in (lambda entry: entry.train_loss, lambda entry: entry.test_loss):
                kept.add(min(entries, key=loss).step)
                kept.add(max(entries, key=loss).step)
        return [entry for entry in self._entries if entry.step in kept]


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [number(value, 6) for value in values]
