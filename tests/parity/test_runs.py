"""Runs as a whole, on every backend: repeatable whatever the pacing, moved, resumed, diverged; every knob bites."""

import json
from itertools import product
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Layer, Spec, Trainer
from engine.spec.choices import BackendName, DatasetName, OptimizerName
from tests.parity.oracle import relative
from tests.table import sampled

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
TOLERANCE = 1e-5
GOLDEN = Path(__file__).parent.parent / "golden"

ODD = Spec(
    dataset="xor", samples=70, noise=15, train_fraction=0.6, features=("x1", "x2", "x1_x2"),
    hidden=(5, Layer(width=3, activation="sigmoid")), l1=0.002, l2=0.01, batch_size=16, seed=11,
)  # fmt: skip
"""42 training samples in batches of 16, 16 and 10."""


def odd(optimizer: OptimizerName) -> Spec:
    """With every kind of layer that goes with the optimizer, clipped and on a schedule."""
    if optimizer == "perceptron":
        return ODD.changed(optimizer=optimizer, hidden=(), output_activation="step")
    layers: tuple[object, ...] = (5, Layer(width=5, activation="gelu", residual=True))
    if optimizer != "evolution":
        layers = (Layer(width=5, batch_norm=True), *layers[1:], Layer(width=3, activation="sigmoid", dropout=0.3))
    return ODD.changed(
        optimizer=optimizer, hidden=layers, pairs=3, amsgrad=True, learning_rate=0.01,
        clip="norm", clip_limit=0.2, schedule="cosine", schedule_steps=30, warmup_steps=5,
    )  # fmt: skip


def assert_same(first: Trainer, second: Trainer) -> None:
    """Bit for bit, optimizer memory and place in the epoch included."""
    np.testing.assert_equal(first.state(), second.state())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_is_repeated_bit_for_bit_whatever_the_pacing(backend: BackendName, optimizer: OptimizerName) -> None:
    spec = odd(optimizer)
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
        whole, pieced = (Trainer(odd(optimizer), backend) for _ in range(2))
        whole.advance(sum(pieces))
        for steps in pieces:
            pieced.advance(steps)
        assert_same(whole, pieced)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_kept_run_goes_on_bit_for_bit(backend: BackendName, optimizer: OptimizerName) -> None:
    """In the middle of an epoch, and through JSON."""
    trainer = Trainer(odd(optimizer), backend)
    trainer.advance(7)
    kept = json.loads(json.dumps(trainer.state(), default=lambda array: array.tolist()))
    trainer.advance(30)
    resumed = Trainer.from_state(kept)
    resumed.advance(30)
    assert resumed.backend == backend
    assert_same(trainer, resumed)


MOVES = list(product(OPTIMIZERS, BACKENDS, BACKENDS))


@pytest.mark.parametrize(
    ("optimizer", "start", "end"),
    sampled(MOVES, [one for i, one in enumerate(MOVES) if (i // 9 + i // 3 + i) % 3 == 0]),  # each start, each end
)
def test_a_run_moves_between_backends_at_any_step(
    optimizer: OptimizerName, start: BackendName, end: BackendName
) -> None:
    spec = odd(optimizer)
    moved, stayed = Trainer(spec, start), Trainer(spec, "by_hand")
    moved.advance(10)
    arrived = moved.state()
    moved.switch_backend(end)
    np.testing.assert_equal(moved.state(), {**arrived, "backend": end})  # nothing is lost on the way
    moved.advance(10)
    stayed.advance(20)
    first, second = moved.state(), stayed.state()
    for name in ("parameters", "buffers"):
        assert relative(first[name], second[name]) < TOLERANCE
    for name in second["optimizer_state"]:
        assert relative(first["optimizer_state"][name], second["optimizer_state"][name]) < 10 * TOLERANCE
    for name in ("loss_sum", "epoch_loss"):
        assert first[name] == pytest.approx(second[name], rel=TOLERANCE)
    counters = ("step", "epoch", "cursor", "optimizer_steps", "samples", "diverged")
    assert all(first[counter] == second[counter] for counter in counters)


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_optimizer_starts_with_fresh_optimizer_state(backend: BackendName) -> None:
    trainer = Trainer(ODD.changed(optimizer="adam"), backend)
    trainer.advance(10)
    trainer.configure(ODD.changed(optimizer="momentum"))
    state = trainer.state()
    assert (state["step"], state["optimizer_steps"]) == (10, 0)
    np.testing.assert_equal(state["optimizer_state"], {"velocity": np.zeros(trainer.network.count, dtype=np.float32)})
    trainer.advance(3)
    trainer.configure(ODD.changed(optimizer="momentum", momentum=0.5))  # a setting of it leaves its memory alone
    assert trainer.state()["optimizer_steps"] == 3
    assert trainer.state()["optimizer_state"]["velocity"].any()


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
    trainer = Trainer(odd(optimizer), backend)
    trainer.advance(4)
    huge = {name: values + 1e20 for name, values in trainer.parameters().items()}
    trainer.load_parameters(huge)
    before = trainer.state()
    trainer.advance(3)
    np.testing.assert_equal(trainer.state(), {**before, "diverged": 5})


POINTS = tuple((-3 + 0.31 * i, (-1) ** i * 0.2 * i - 1, i % 2) for i in range(20))
NORMED = Spec(hidden=(Layer(width=4, batch_norm=True),))
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
    "data_seed": (Spec(), 8),
    "start_seed": (Spec(), 8),
    "classes": (Spec(dataset="rings"), 3),
    "function": (Spec(dataset="function"), "cubic"),
    "own_points": (Spec(dataset="own", own_points=POINTS), POINTS[:5]),
    "normalize": (Spec(dataset="digits"), True),
    "random_inputs": (Spec(dataset="random"), 11),
    "random_outputs": (Spec(dataset="random"), 3),
    "output_activation": (Spec(), "sigmoid"),
    "leaky_slope": (Spec(activation="leaky_relu"), 0.1),
    "elu_alpha": (Spec(activation="elu"), 0.5),
    "biases": (Spec(), False),
    "norm_momentum": (NORMED, 0.2),
    "norm_epsilon": (NORMED, 0.01),
    "init_std": (Spec(initializer="normal"), 0.5),
    "init_constant": (Spec(initializer="constant"), 0.2),
    "huber_delta": (Spec(loss="huber"), 0.5),
    "reduction": (Spec(), "sum"),
    "weight_decay": (Spec(), 0.1),
    "dampening": (Spec(optimizer="momentum"), 0.5),
    "alpha": (Spec(optimizer="rmsprop"), 0.9),
    "centered": (Spec(optimizer="rmsprop", alpha=0.8), True),
    "rate_decay": (Spec(optimizer="adagrad"), 0.1),
    "initial_accumulator": (Spec(optimizer="adagrad"), 0.1),
    "amsgrad": (Spec(optimizer="adam", beta2=0.5), True),
    "muon_momentum": (Spec(optimizer="muon", hidden=(4, 4)), 0.5),
    "nesterov": (Spec(optimizer="muon", hidden=(4, 4)), False),
    "newton_schulz_steps": (Spec(optimizer="muon", hidden=(4, 4)), 3),
    "sigma": (Spec(optimizer="evolution"), 0.2),
    "pairs": (Spec(optimizer="evolution"), 3),
    "clip": (Spec(clip_limit=0.01), "value"),
    "clip_limit": (Spec(clip="norm", clip_limit=0.01), 0.02),
    "schedule": (Spec(schedule_steps=10), "step"),
    "schedule_steps": (Spec(schedule="exponential"), 10),
    "schedule_factor": (Spec(schedule="cosine", schedule_steps=20), 0.1),
    "warmup_steps": (Spec(), 10),
    "stop_steps": (Spec(), 5),
    "stop_epochs": (Spec(samples=40), 2),
    "stop_loss": (Spec(samples=40), 10),
    "stop_change": (Spec(samples=40), 10),
    "stop_patience": (Spec(dataset="spiral", samples=40, noise=50, hidden=(8, 8), learning_rate=1), 1),
}
"""A Spec in which the knob matters, and what it is turned to."""


OF_FILE = ("own_units", "own_names")
"""Say what numbers, columns and classes of a file are called, and train nothing."""


@pytest.mark.parametrize("knob", [name for name in Spec.model_fields if name not in OF_FILE])
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_knob_of_the_spec_bites(knob: str, backend: BackendName) -> None:
    spec, value = KNOBS[knob]
    plain, turned = Trainer(spec, backend), Trainer(spec.changed(**{knob: value}), backend)
    plain.advance(20)
    turned.advance(20)
    if plain.network.sizes != turned.network.sizes:
        assert knob in ("features", "classes", "hidden", "random_inputs", "random_outputs")
        return
    rows = np.random.default_rng(1).uniform(-6, 6, (50, 2 if spec.kind.plane else spec.inputs))
    moved = relative(turned.predict(rows), plain.predict(rows))
    assert moved > 3 * TOLERANCE, f"{knob} could be ignored and no test would notice"


LEARNED: dict[DatasetName, dict[str, Any]] = {
    "checkerboard": {"hidden": (24, 24), "noise": 0},
    "own": {"own_points": POINTS, "train_fraction": 0.9},
    "own_values": {"own_points": POINTS},
    "digits": {"hidden": (16,)},
}
"""What a data set needs beside two layers of eight."""
NOTHING_TO_LEARN: set[DatasetName] = {"random", "mnist"}
"""Numbers at random; and pictures that are not here: they take the way of `digits`."""


@pytest.mark.parametrize("dataset", [name for name in get_args(DatasetName) if name not in NOTHING_TO_LEARN])
def test_every_data_set_is_learned(dataset: DatasetName) -> None:
    """5,000 steps of Adam more than halve the loss of always saying the mean, on the points trained on; where there
    are enough of them, on others too."""
    own: dict[str, Any] = {"hidden": (8, 8), **LEARNED.get(dataset, {})}
    trainer = Trainer(Spec(dataset=dataset, optimizer="adam", learning_rate=0.02, **own))
    trainer.advance(5000)
    evaluation = trainer.evaluate()
    assert evaluation["train_loss"] < np.var(trainer.train_targets, axis=0).mean() / 2
    if not dataset.startswith("own"):
        assert evaluation["test_loss"] < np.var(trainer.test_targets, axis=0).mean() / 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_short_run_is_what_it_always_was(backend: BackendName) -> None:
    golden = json.loads((GOLDEN / "run.json").read_text())
    trainer = Trainer(Spec.model_validate(golden["spec"]), backend)
    for moment in golden["moments"]:
        trainer.advance(moment["step"] - trainer.step)
        assert trainer.epoch == moment["epoch"]
        evaluation: dict[str, Any] = dict(trainer.evaluate())
        assert {name: evaluation[name] for name in moment["evaluation"]} == pytest.approx(
            moment["evaluation"], rel=1e-4
        )
    for name, values in trainer.parameters().items():
        assert relative(values, golden["parameters"][name]) < 1e-4, name
