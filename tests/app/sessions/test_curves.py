"""History: bounded, whole, honest about spikes."""

import json
import math

import numpy as np

from app.sessions.history.curves import History, Measurements
from app.training_worker.page_data.measurements import QUANTITIES, Measured
from app.training_worker.port import FIRST_STEPS
from engine.training.snapshot import CurveEntry


def filled(losses: list[float], most: int = 100) -> History:
    history = History(most)
    for step, loss in enumerate(losses):
        history.add(CurveEntry(25 * step, loss, 2 * loss, (loss, 3 * loss)))
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


def test_none_of_the_first_steps_is_thinned_out() -> None:
    history = History(2000)
    for step in range(9_000):
        history.add(CurveEntry(step, math.sin(step), math.cos(step), (1.0,)))
    steps = [entry.step for entry in history.entries]
    assert steps[: FIRST_STEPS + 1] == list(range(FIRST_STEPS + 1))
    assert steps[-1] == 8_999
    assert [entry.step for entry in history.between(3, 7)] == [4, 5, 6]
    assert history.between(8_999, 9_100) == []


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
        history.add(CurveEntry(5, 1.0, 1.0, (1.0,)))
    assert len(history) == 1


def test_what_is_not_a_number_is_null_and_what_is_tiny_is_not_zero() -> None:
    history = History(16)
    history.add(CurveEntry(0, math.inf, math.nan, (1.23456789e-12,)))
    said = json.loads(json.dumps(history.message(), allow_nan=False))
    assert said["train_loss"] == [None]
    assert said["test_loss"] == [None]
    assert said["gradient_norms"] == [[1.23457e-12]]


def measured(step: int, values: list[float]) -> Measured:
    """values: of each layer, the same for every quantity."""
    return Measured(step, np.array([values] * len(QUANTITIES), dtype=np.float32))


def test_measurements_are_told_by_quantity_and_layer() -> None:
    curve = Measurements(16)
    assert curve.message() == {"steps": [], "layers": {name: [] for name in QUANTITIES}}
    for step in (0, 4):
        values = [[place + layer / 10 + step for layer in range(2)] for place in range(len(QUANTITIES))]
        curve.add(Measured(step, np.array(values, dtype=np.float32)))
    said = json.loads(json.dumps(curve.message()))
    assert said["steps"] == [0, 4]
    assert said["layers"]["mean"] == [[0, 4], [0.1, 4.1]]
    assert said["layers"]["spread"] == [[6, 10], [6.1, 10.1]]


def test_what_a_layer_has_not_is_null() -> None:
    curve = Measurements(16)
    curve.add(Measured(0, np.array([[math.nan, 0.5]] * len(QUANTITIES), dtype=np.float32)))
    said = json.loads(json.dumps(curve.message(), allow_nan=False))
    assert said["layers"]["saturated"] == [[None], [0.5]]


def test_measurements_are_bounded_and_keep_the_spikes_of_every_quantity_and_layer() -> None:
    curve = Measurements(400)
    last = 6_000
    for step in range(last + 1):
        values = np.full((len(QUANTITIES), 3), 0.5 + 0.1 * math.sin(step / 900), dtype=np.float32)
        for place in range(len(QUANTITIES)):
            values[place, place % 3] = 9.0 if step == 400 + 700 * place else values[place, place % 3]
            values[place, -1] = 0.001 if step == 600 + 700 * place else values[place, -1]
        curve.add(Measured(step, values))
        assert len(curve) <= 400
    said = curve.message()
    steps, layers = said["steps"], said["layers"]
    assert isinstance(steps, list)
    assert isinstance(layers, dict)
    assert (steps[0], steps[-1]) == (0, last)
    for place, name in enumerate(QUANTITIES):
        assert steps[layers[name][place % 3].index(9.0)] == 400 + 700 * place
        assert steps[layers[name][-1].index(0.001)] == 600 + 700 * place
    tenths = [sum(tenth <= 10 * step / last < tenth + 1 for step in steps) for tenth in range(10)]
    assert min(tenths) > len(steps) / 40, "thinned everywhere, not shortened"


def test_a_branch_has_the_measurements_up_to_where_it_begins() -> None:
    curve = Measurements(16)
    for step in (0, 5, 10):
        curve.add(measured(step, [1.0, 2.0]))
    part = curve.until(7)
    part.add(measured(8, [3.0, 4.0]))
    assert part.message()["steps"] == [0, 5, 8]
    assert curve.message()["steps"] == [0, 5, 10]


def test_thinning_works_nothing_out_anew() -> None:
    curve, values = Measurements(16), np.full((len(QUANTITIES), 2), 0.5, dtype=np.float32)
    for step in range(16):
        curve.add(Measured(step, values.copy()))
    for entry in curve.entries:
        entry.values[:] = math.nan
    curve.add(Measured(16, values))
    assert len(curve) < 16
    assert all(entry.ranges == [(0.5, 0.5)] * len(QUANTITIES) for entry in curve.entries)
