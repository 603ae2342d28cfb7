"""History: bounded, whole, honest about spikes."""

import json
import math

from app.history import History
from engine.snapshot import Entry


def filled(losses: list[float], most: int = 100) -> History:
    history = History(most)
    for step, loss in enumerate(losses):
        history.add(Entry(25 * step, loss, 2 * loss, (loss, 3 * loss)))
        assert len(history) <= most
    return history


def test_few_entries_are_kept_as_they_are() -> None:
    said = filled([3.0, 2.0, 1.0]).message()
    assert said == {
        "type": "history",
        "steps": [0, 25, 50],
        "train_loss": [3.0, 2.0, 1.0],
        "test_loss": [6.0, 4.0, 2.0],
        "gradient_norms": [[3.0, 2.0, 1.0], [9.0, 6.0, 3.0]],
    }


def test_thinning_keeps_both_ends_every_spike_and_the_whole_length() -> None:
    losses = [1 / (1 + step) for step in range(10_000)]
    losses[1234], losses[7777] = 50.0, -1.0
    said = filled(losses).message()
    steps, train = said["steps"], said["train_loss"]
    assert isinstance(steps, list)
    assert isinstance(train, list)
    assert steps[0] == 0
    assert steps[-1] == 25 * 9_999
    assert steps == sorted(set(steps))
    assert max(train) == 50.0
    assert min(train) == -1.0
    assert steps[train.index(50.0)] == 25 * 1234


def test_resolution_is_about_the_same_everywhere() -> None:
    """Thinned, never shortened: the first tenth of a long run has about a tenth of the entries, and so has the last."""
    steps = filled([math.sin(step / 7) for step in range(20_000)], most=400).message()["steps"]
    assert isinstance(steps, list)
    tenth = steps[-1] / 10
    counts = [sum(i * tenth <= step < (i + 1) * tenth for step in steps) for i in range(10)]
    assert min(counts) > len(steps) / 40
    assert max(counts) < len(steps) / 4


def test_the_same_step_is_recorded_once() -> None:
    history = History(16)
    for _ in range(3):
        history.add(Entry(5, 1.0, 1.0, (1.0,)))
    assert len(history) == 1


def test_what_is_not_a_number_is_null_and_what_is_tiny_is_not_zero() -> None:
    history = History(16)
    history.add(Entry(0, math.inf, math.nan, (1.23456789e-12,)))
    said = json.loads(json.dumps(history.message(), allow_nan=False))
    assert said["train_loss"] == [None]
    assert said["test_loss"] == [None]
    assert said["gradient_norms"] == [[1.23457e-12]]
