"""Sweeps: every cell is a plain run, to the last bit."""

from typing import Any

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.fault import Fault
from engine.studies import sweep
from engine.studies.knobs import KNOBS, KnobName, bounds_of, turned
from engine.studies.measures import MEASURES, MeasureName, gradient_length
from engine.studies.sweep import Axis, Cell, Place, Sweep, cells, median

EPOCHS = 4

PAIRS: dict[str, tuple[Spec, tuple[str, list[float]], tuple[str, list[float]]]] = {
    "live": (Spec(optimizer="momentum"), ("learning_rate", [0.01, 0.1, 1]), ("momentum", [0, 0.5, 0.99])),
    "start": (Spec(initializer="normal"), ("init_std", [0.1, 1, 3]), ("learning_rate", [0.03, 0.3])),
    "data": (Spec(dataset="spiral", optimizer="adam"), ("seed", [1, 2]), ("noise", [0, 20])),
    "shape": (Spec(dataset="xor"), ("width", [1, 3, 5]), ("depth", [1, 3])),
    "batches": (Spec(hidden=(3,)), ("learning_rate", [0.03, 0.3]), ("batch_size", [1, 16, 5000])),
    "accumulator": (Spec(optimizer="adagrad"), ("initial_accumulator", [0, 1]), ("rate_decay", [0, 0.5])),
    "values": (Spec(dataset="plane", loss="huber"), ("huber_delta", [0.1, 1]), ("l1", [0, 0.01])),
}


def plain(spec: Spec, measure: MeasureName, target: float = 0.1) -> float:
    """What the run of a new Trainer comes to, by other code than the sweep's."""
    trainer = Trainer(spec.changed(stop_loss=target) if measure == "steps_to" else spec)
    largest = gradient_length(trainer)
    for _ in range(EPOCHS):
        trainer.advance_to_epoch_end()
        largest = max(largest, gradient_length(trainer))
    if trainer.diverged is not None:
        return np.nan
    if measure == "largest_gradient":
        return largest
    if measure == "steps_to":
        return trainer.step if trainer.stopped == "loss" else np.nan
    value = trainer.evaluate()[measure]
    return np.nan if value is None else value


@pytest.mark.parametrize("pair", PAIRS)
def test_each_cell_is_a_plain_run(pair: str) -> None:
    spec, x, y = PAIRS[pair]
    found = sweep(spec, x, y, epochs=EPOCHS)
    own = [[plain(turned(spec, {x[0]: a, y[0]: b}), "test_loss") for a in x[1]] for b in y[1]]
    np.testing.assert_array_equal(found, own)
    assert found.shape == (len(y[1]), len(x[1]))
    assert len(np.unique(found)) > found.size / 2, "the knobs could be ignored, and the test would still pass"


@pytest.mark.parametrize("measure", MEASURES)
def test_measures_are_those_of_a_plain_run(measure: MeasureName) -> None:
    spec, target = Spec(dataset="gauss"), 0.05
    x, y = ("learning_rate", [1e-5, 0.03, 0.3]), ("batch_size", [10, 100])
    found = sweep(spec, x, y, epochs=EPOCHS, measure=measure, target=target)
    own = [[plain(turned(spec, {x[0]: a, y[0]: b}), measure, target) for a in x[1]] for b in y[1]]
    np.testing.assert_array_equal(found, own)
    assert len(np.unique(found)) > 1, "all cells are alike"


def test_a_run_that_diverges_is_no_number() -> None:
    spec = Spec(dataset="plane", activation="linear")
    found = sweep(spec, ("learning_rate", [0.03, 10]), ("batch_size", [10, 20]), epochs=EPOCHS)
    assert np.isnan(found).tolist() == [[False, True], [False, True]]


def test_of_several_seeds_the_median_run_is_told() -> None:
    spec, x, y = Spec(seed=2**31 - 1), ("learning_rate", [0.03, 0.3]), ("batch_size", [10, 20])
    found = sweep(spec, x, y, epochs=EPOCHS, seeds=3)
    of_seeds = [sweep(spec.changed(seed=seed), x, y, epochs=EPOCHS) for seed in (spec.seed, 0, 1)]
    np.testing.assert_array_equal(found, np.median(of_seeds, axis=0))


def test_what_diverged_is_the_worst_of_the_seeds() -> None:
    def run(value: float, diverged: bool = False) -> Cell:
        return Cell(Place(0, 0), 0, 1, diverged, dict.fromkeys(MEASURES, value))

    assert median([run(1), run(0, diverged=True), run(2)], "test_loss") == run(2)
    assert median([run(1), run(0, diverged=True)], "test_accuracy") == run(1)
    assert median([run(0.5), run(1)], "test_accuracy") == run(1), "of two the better one"
    assert median([run(np.nan), run(7), run(9)], "steps_to") == run(9)


def test_from_coarse_to_fine_each_cell_comes_once() -> None:
    study = Sweep(Spec(), Axis("learning_rate", tuple(np.linspace(0.1, 1, 21))), Axis("seed", tuple(range(10))))
    order = study.coarse_to_fine()
    assert sorted(order) == [Place(column, row) for column in range(21) for row in range(10)]
    assert order[:6] == [Place(column, row) for row in (0, 8) for column in (0, 8, 16)]


def test_pieces_are_mapped_by_what_is_given() -> None:
    pieces: list[Any] = []

    def mapped(work: Any, given: Any) -> list[Any]:
        pieces.extend(given)
        return [work(piece) for piece in pieces]

    sweep(Spec(), ("learning_rate", [0.1, 0.2]), ("seed", [1, 2, 3]), epochs=1, map=mapped)
    assert sorted(place for piece in pieces for place in piece) == [Place(x, y) for x in (0, 1) for y in (0, 1, 2)]


def test_work_comes_in_bits() -> None:
    study = Sweep(Spec(hidden=(64, 64)), Axis("learning_rate", (0.1,)), Axis("batch_size", (100,)))
    told = list(cells(study, study.coarse_to_fine()))
    assert len(told) > 10
    assert [cell is None for cell in told] == [True] * (len(told) - 1) + [False]


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        (("colour", [1]), ("seed", [1]), "study_no_such_knob"),
        (("width", [1]), ("seed", [1]), "study_needs_layers"),
        (("seed", [1]), ("seed", [1]), "study_same_knob"),
        (("learning_rate", [11]), ("seed", [1]), "less_than_equal"),
        (("batch_size", [1.5]), ("seed", [1]), "int_type"),
    ],
)
def test_what_makes_no_sense_is_refused(x: Any, y: Any, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        sweep(Spec(hidden=()), x, y)
    with pytest.raises(Fault, match="study_no_such_measure"):
        sweep(Spec(), ("seed", [1]), ("noise", [1]), measure="colour")  # type: ignore[arg-type]


@pytest.mark.parametrize("knob", KNOBS)
def test_every_knob_turns_within_its_bounds(knob: KnobName) -> None:
    low, high = bounds_of(knob)
    assert low < high
    value = max(low, 1) if high > 1 else high
    spec = turned(Spec(loss="huber"), {knob: value})
    assert spec != Spec(loss="huber") or getattr(spec, knob) == value
