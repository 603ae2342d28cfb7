"""Runs as a whole, on every backend: repeatable whatever the pacing, moved, resumed, diverged; every knob bites."""

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Layer, Spec, Trainer
from engine.choices import BackendName, DatasetName, OptimizerName
from tests.engine.oracle import relative

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
TOLERANCE = 1e-5
GOLDEN = Path(__file__).parent.parent / "golden"

ODD = Spec(
    dataset="xor", samples=70, noise=15, train_fraction=0.6, features=("x1", "x2", "x1_x2"),
    hidden=(5, Layer(width=3, activation="sigmoid")), l1=0.002, l2=0.01, batch_size=16, seed=11,
)  # fmt: skip
"""42 training samples in batches of 16, 16 and 10."""


def assert_same(first: Trainer, second: Trainer) -> None:
    """Bit for bit, optimizer memory and place in the epoch included."""
    np.testing.assert_equal(first.state(), second.state())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_is_repeated_bit_for_bit_whatever_the_pacing(backend: BackendName, optimizer: OptimizerName) -> None:
    spec = ODD.changed(optimizer=optimizer)
    at_once, one_by_one, watched = (Trainer(spec, backend) for _ in range(3))
    at_once.advance(50)
    for _ in range(50):
        one_by_one.advance(1)
    for steps in (3, 0, 40, 7):
        watched.advance(steps)
        watched.snapshot(10)
        watched.predict([[0, 0]])
    assert_same(at_once, one_by_one)
    assert_same(at_once, watched)
    assert (at_once.step, at_once.epoch, at_once.batches_per_epoch) == (50, 16, 3)


@settings(max_examples=20)
@given(pieces=st.lists(st.integers(0, 12), max_size=6), optimizer=st.sampled_from(OPTIMIZERS))
def test_any_pacing_gives_the_same_run(pieces: list[int], optimizer: OptimizerName) -> None:
    for backend in BACKENDS:
        whole, pieced = (Trainer(ODD.changed(optimizer=optimizer), backend) for _ in range(2))
        whole.advance(sum(pieces))
        for steps in pieces:
            pieced.advance(steps)
        assert_same(whole, pieced)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_kept_run_goes_on_bit_for_bit(backend: BackendName, optimizer: OptimizerName) -> None:
    """In the middle of an epoch, and through JSON."""
    trainer = Trainer(ODD.changed(optimizer=optimizer), backend)
    trainer.advance(7)
    kept = json.loads(json.dumps(trainer.state(), default=lambda array: array.tolist()))
    trainer.advance(30)
    resumed = Trainer.from_state(kept)
    resumed.advance(30)
    assert resumed.backend == backend
    assert_same(trainer, resumed)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("start", BACKENDS)
@pytest.mark.parametrize("end", BACKENDS)
def test_a_run_moves_between_backends_at_any_step(
    optimizer: OptimizerName, start: BackendName, end: BackendName
) -> None:
    spec = ODD.changed(optimizer=optimizer)
    moved, stayed = Trainer(spec, start), Trainer(spec, "by_hand")
    moved.advance(10)
    arrived = moved.state()
    moved.use(end)
    np.testing.assert_equal(moved.state(), {**arrived, "backend": end})  # nothing is lost on the way
    moved.advance(10)
    stayed.advance(20)
    first, second = moved.state(), stayed.state()
    assert relative(first["parameters"], second["parameters"]) < TOLERANCE
    for name in second["memory"]:
        assert relative(first["memory"][name], second["memory"][name]) < 10 * TOLERANCE
    assert all(first[key] == second[key] for key in ("step", "epoch", "cursor", "optimizer_steps", "diverged"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_optimizer_starts_with_fresh_memory(backend: BackendName) -> None:
    trainer = Trainer(ODD.changed(optimizer="adam"), backend)
    trainer.advance(10)
    trainer.configure(ODD.changed(optimizer="momentum"))
    state = trainer.state()
    assert (state["step"], state["optimizer_steps"]) == (10, 0)
    np.testing.assert_equal(state["memory"], {"velocity": np.zeros(trainer.network.count, dtype=np.float32)})
    trainer.advance(3)
    trainer.configure(ODD.changed(optimizer="momentum", momentum=0.5))  # a setting of it leaves its memory alone
    assert trainer.state()["optimizer_steps"] == 3
    assert trainer.state()["memory"]["velocity"].any()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_diverging_run_stops_by_itself_and_says_where(backend: BackendName) -> None:
    spec = Spec(dataset="plane", activation="relu", hidden=(8, 8), learning_rate=10)
    trainer = Trainer(spec, backend)
    trainer.advance(10_000)
    assert trainer.diverged is not None
    assert trainer.diverged == trainer.step + 1 < 200
    before = trainer.state()
    assert all(np.isfinite(before[name]).all() for name in ("parameters", "updates"))
    trainer.advance(5)
    trainer.advance_to_epoch_end()
    np.testing.assert_equal(trainer.state(), before)
    assert trainer.snapshot(10).diverged == trainer.diverged
    assert trainer.evaluate()["train_accuracy"] is None

    again = Trainer(spec, backend)
    for _ in range(before["step"] + 5):
        again.advance(1)
    np.testing.assert_equal(again.state(), before)
    resumed = Trainer.from_state(before)
    resumed.advance(1)
    np.testing.assert_equal(resumed.state(), before)

    trainer.load_parameters(Trainer(spec, backend).parameters())
    assert trainer.diverged is None
    trainer.advance(1)
    assert trainer.step == before["step"] + 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("hidden", [(8, 8), (8,) * 8])
def test_a_diverged_run_can_still_be_looked_at(backend: BackendName, hidden: tuple[int, ...]) -> None:
    """Its losses and gradients may be beyond float32, up to not a number, and no warning is raised."""
    trainer = Trainer(Spec(dataset="plane", activation="linear", hidden=hidden, learning_rate=3), backend)
    trainer.advance(50)
    assert trainer.diverged is not None
    assert not np.isfinite(trainer.evaluate()["train_loss"])
    snapshot = trainer.snapshot(10)
    assert all(np.isfinite(values).all() for values in snapshot.parameters.values())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_that_cannot_be_taken_leaves_everything_as_it_was(
    backend: BackendName, optimizer: OptimizerName
) -> None:
    trainer = Trainer(ODD.changed(dataset="plane", activation="relu", optimizer=optimizer), backend)
    trainer.advance(4)
    huge = {name: values + 1e20 for name, values in trainer.parameters().items()}
    trainer.load_parameters(huge)
    before = trainer.state()
    trainer.advance(3)
    np.testing.assert_equal(trainer.state(), {**before, "diverged": 5})


KNOBS: dict[str, tuple[Spec, Any]] = {
    "dataset": (Spec(), "xor"),
    "samples": (Spec(), 400),
    "noise": (Spec(), 10),
    "train_fraction": (Spec(), 0.6),
    "features": (Spec(), ("x1", "x2", "x1_x2")),
    "hidden": (Spec(), (4, 3)),
    "activation": (Spec(), "relu"),
    "initializer": (Spec(), "xavier_uniform"),
    "loss": (Spec(), "bce"),
    "l1": (Spec(), 0.01),
    "l2": (Spec(), 0.01),
    "optimizer": (Spec(), "momentum"),
    "learning_rate": (Spec(), 0.04),
    "momentum": (Spec(optimizer="momentum"), 0.8),
    "beta1": (Spec(optimizer="adam"), 0.8),
    "beta2": (Spec(optimizer="adam"), 0.99),
    "epsilon": (Spec(optimizer="adam"), 1e-3),
    "batch_size": (Spec(), 12),
    "seed": (Spec(), 8),
}
"""A Spec in which the knob matters, and what it is turned to."""


@pytest.mark.parametrize("knob", Spec.model_fields)
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_knob_of_the_spec_bites(knob: str, backend: BackendName) -> None:
    points = np.random.default_rng(1).uniform(-6, 6, (50, 2))
    spec, value = KNOBS[knob]
    plain, turned = Trainer(spec, backend), Trainer(spec.changed(**{knob: value}), backend)
    plain.advance(20)
    turned.advance(20)
    moved = relative(turned.predict(points), plain.predict(points))
    assert moved > 3 * TOLERANCE, f"{knob} could be ignored and no test would notice"


@pytest.mark.parametrize("dataset", get_args(DatasetName))
def test_every_data_set_is_learned(dataset: DatasetName) -> None:
    """5,000 steps of Adam more than halve the loss of saying 0 everywhere, on points not trained on."""
    trainer = Trainer(Spec(dataset=dataset, hidden=(8, 8), optimizer="adam", learning_rate=0.02))
    trainer.advance(5000)
    nothing = float(np.mean(trainer.test_targets**2))
    assert trainer.evaluate()["test_loss"] < nothing / 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_short_run_is_what_it_always_was(backend: BackendName) -> None:
    golden = json.loads((GOLDEN / "run.json").read_text())
    trainer = Trainer(Spec.model_validate(golden["spec"]), backend)
    for moment in golden["moments"]:
        trainer.advance(moment["step"] - trainer.step)
        assert trainer.epoch == moment["epoch"]
        assert trainer.evaluate() == pytest.approx(moment["evaluation"], rel=1e-4)
    for name, values in trainer.parameters().items():
        assert relative(values, golden["parameters"][name]) < 1e-4, name
