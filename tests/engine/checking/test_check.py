"""The check is green on every healthy setup, red with the right tensor on a fault, and knows a kink from one."""

from collections.abc import Callable
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.backends.compiled.backend import Compiled
from engine.checking import step_pair
from engine.checking.against_backend import backend_step
from engine.checking.check import CheckResult, check
from engine.checking.comparison import Reference, compare
from engine.checking.step_pair import DIFFERENCE_TOLERANCE, FLOAT64_TOLERANCE
from engine.nn.network import State
from engine.spec.choices import ActivationName, InitializerName, LossName, OptimizerName

ACTIVATIONS: tuple[ActivationName, ...] = get_args(ActivationName)
LOSSES: tuple[LossName, ...] = get_args(LossName)
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
SHAPES: dict[str, tuple[int | Layer, ...]] = {
    "plain": (6, 5, 4),
    "norm": (Layer(width=6, batch_norm=True), Layer(width=6, batch_norm=True, residual=True)),
    "dropout": (Layer(width=6, dropout=0.3), Layer(width=6, dropout=0.2, residual=True)),
    "none": (),
}
SMALL: dict[str, Any] = {"samples": 60, "batch_size": 7}
ENGINE: tuple[Reference, ...] = ("engine_gradient", "engine_update", "engine_counters")
"""What of the backend that trains is compared, of a rule without memory and a network without batch norm"""


def checked(trainer: Trainer) -> CheckResult | None:
    state = trainer.checkpoint().state
    run = (trainer.spec, trainer.network, state, trainer.train_inputs, trainer.train_targets)
    return check(*run, trainer.bug, None if trainer.bug else backend_step(trainer.backend, *run))


def assert_green(trainer: Trainer) -> CheckResult:
    result = checked(trainer)
    assert result is not None
    assert result.passed, (trainer.spec, result.worst)
    assert result.state == "green" or "step" in trainer.network.activations, (trainer.spec, result.silent)
    return result


def _fits(fields: dict[str, Any]) -> bool:
    odd = fields["optimizer"] == "perceptron" or (
        fields["optimizer"] == "evolution" and fields["shape"] in ("norm", "dropout")
    )
    return not odd


PAIRED = [
    # every activation with every loss and optimizer, every loss with every optimizer, and each with every kind of layer
    {
        "activation": ACTIVATIONS[a],
        "loss": LOSSES[(a + b) % len(LOSSES)],
        "optimizer": OPTIMIZERS[b],
        "shape": list(SHAPES)[(a + b // 2 + a * b) % len(SHAPES)],
    }
    for a, b in product(range(len(ACTIVATIONS)), range(len(OPTIMIZERS)))
]


def test_healthy_setups_pair_every_choice() -> None:
    for one, other in (("activation", "loss"), ("activation", "optimizer"), ("loss", "optimizer"), ("loss", "shape")):
        there = {(fields[one], fields[other]) for fields in PAIRED}
        assert len(there) >= len({a for a, _ in there}) * len({b for _, b in there}) * 0.8, (one, other)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_healthy_setups_stay_green(activation: ActivationName) -> None:
    for fields in PAIRED:
        if fields["activation"] != activation or not _fits(fields):
            continue
        given = {key: value for key, value in fields.items() if key != "shape"}
        trainer = Trainer(Spec().changed(**SMALL, **given, hidden=SHAPES[fields["shape"]]))
        trainer.advance(20)
        assert_green(trainer)


@pytest.mark.parametrize(
    "fields",
    [
        *({"initializer": name, "activation": "relu"} for name in get_args(InitializerName)),
        {"dataset": "blobs", "classes": 3, "loss": "cross_entropy", "reduction": "sum"},
        {"optimizer": "perceptron", "dataset": "and_gate", "hidden": (), "output_activation": "step"},
        {"optimizer": "evolution", "dataset": "arithmetic"},
        {"optimizer": "rmsprop", "centered": True},
        {"optimizer": "adam", "amsgrad": True, "clip": "norm", "clip_limit": 0.01},
        {"optimizer": "adagrad", "rate_decay": 0.01, "l1": 0.01, "l2": 0.02, "clip": "value", "clip_limit": 0.01},
        {"optimizer": "momentum", "dampening": 0.3, "weight_decay": 0.1, "schedule": "cosine", "warmup_steps": 9},
        {"biases": False, "hidden": (Layer(width=4, batch_norm=True),)},
        {"hidden": (8,) * 8, "activation": "sigmoid"},
        {"loss": "cross_entropy", "initializer": "normal", "init_std": 3, "learning_rate": 0.3, "activation": "gelu"},
        {"batch_size": None},
    ],
    ids=str,
)
def test_the_rest_of_the_knobs_stays_green(fields: dict[str, Any]) -> None:
    trainer = Trainer(Spec().changed(**{**SMALL, **fields}))
    for steps in (0, 1, 40):
        trainer.advance(steps)
        assert_green(trainer)


def test_the_run_stays_where_it_was() -> None:
    trainer, twin = (Trainer(Spec(optimizer="adam"), backend="by_hand") for _ in range(2))
    trainer.advance(30)
    twin.advance(30)
    assert_green(trainer)
    trainer.advance(30)
    twin.advance(30)
    for name, values in trainer.parameters().items():
        np.testing.assert_array_equal(values, twin.parameters()[name])


def test_a_small_network_is_tried_whole_and_a_large_one_in_every_tensor() -> None:
    small = assert_green(Trainer(Spec(), backend="by_hand"))
    assert (small.perturbed, small.parameters, small.samples) == (25, 25, 10)
    large = Trainer(Spec(dataset="digits", hidden=(64, 32), loss="cross_entropy", batch_size=64), backend="by_hand")
    result = assert_green(large)
    assert 24 <= result.perturbed < 250 < result.parameters
    references = [one.reference for one in result.comparisons]
    assert references == ["autograd", "float32", "differences", "update", *ENGINE, "next_step"]


def test_a_kink_is_told_from_an_error() -> None:
    """A sample whose z is exactly 0: differences find half of the slope that both gradients have on one side."""
    spec = Spec(dataset="own_values", own_points=((0.0, 0.0, 1.0),), hidden=(2,), activation="relu", batch_size=1)
    trainer = Trainer(spec, backend="by_hand")
    parameters = trainer.parameters()
    parameters["layers.0.bias"] = np.zeros(2, dtype=np.float32)
    trainer.load_parameters(parameters)
    result = assert_green(trainer)
    assert result.kinks == 2
    parameters["layers.0.bias"] = np.full(2, 0.1, dtype=np.float32)
    trainer.load_parameters(parameters)
    assert assert_green(trainer).kinks == 0


def test_a_rule_without_a_gradient_is_compared_as_far_as_it_goes() -> None:
    trainer = Trainer(
        Spec(dataset="or_gate", hidden=(), output_activation="step", optimizer="perceptron"), backend="by_hand"
    )
    result = assert_green(trainer)
    assert {one.reference for one in result.comparisons} == {"autograd", "update", *ENGINE, "next_step"}
    assert result.perturbed == 0
    assert result.gradient is not None
    assert result.gradient[2] is None


def test_a_step_that_cannot_be_taken_is_not_checked() -> None:
    trainer = Trainer(Spec(loss="mse", dataset="plane", hidden=(), learning_rate=10), backend="by_hand")
    trainer.advance(1000)
    assert trainer.diverged is not None
    assert checked(trainer) is None


@pytest.mark.parametrize("size", [1e-5, 1e-3])
def test_a_single_wrong_entry_turns_it_red(size: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tolerances bite: one entry that is off by little, in units of its tensor's largest."""
    from engine.backends.by_hand import ByHand

    right = ByHand.backward

    def wrong(self: ByHand, passed: Any, targets: Any) -> Any:
        sent, gradient = right(self, passed, targets)
        view = self.network.views(gradient)["layers.1.weight"]
        view[1, 2] += size * np.abs(view).max()
        return sent, gradient

    monkeypatch.setattr(ByHand, "backward", wrong)
    result = checked(Trainer(Spec(), backend="by_hand"))
    assert result is not None
    assert not result.passed
    assert (result.worst.tensor, result.worst.index) == ("layers.1.weight", (1, 2))
    assert result.worst.difference == pytest.approx(size, rel=0.01)
    assert result.gradient is not None
    by_hand, autograd, differences = result.gradient
    assert differences == pytest.approx(autograd, rel=1e-6)
    assert by_hand != pytest.approx(autograd, rel=size / 10)
    assert size > 3 * max(FLOAT64_TOLERANCE, DIFFERENCE_TOLERANCE)


RIGHT = Compiled.advance


def a_little_faster(self: Compiled, steps: int) -> None:
    self.config.settings[0] *= 1.001
    RIGHT(self, steps)


def with_one_entry_off(self: Compiled, steps: int) -> None:
    RIGHT(self, steps)
    self.train_state.parameters[np.argmax(np.abs(self.train_state.parameters))] *= np.float32(1 + 1e-5)


def with_one_nan(self: Compiled, steps: int) -> None:
    RIGHT(self, steps)
    self.train_state.parameters[np.argmax(np.abs(self.train_state.parameters))] = np.nan


def with_nothing_but_nan(self: Compiled, steps: int) -> None:
    RIGHT(self, steps)
    self.train_state.parameters[:] = np.nan


@pytest.mark.parametrize("wrong", [a_little_faster, with_one_entry_off, with_one_nan, with_nothing_but_nan])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "evolution", "muon"])
def test_a_wrong_step_of_the_engine_that_trains_turns_it_red(
    wrong: Callable[[Compiled, int], None], optimizer: OptimizerName, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer(Spec(optimizer=optimizer))
    trainer.advance(20)
    assert set(ENGINE) < {one.reference for one in assert_green(trainer).comparisons}
    monkeypatch.setattr(Compiled, "advance", wrong)
    result = checked(trainer)
    assert result is not None
    assert [one.reference for one in result.comparisons if not one.agrees] == ["engine_update"]
    assert result.worst.reference == "engine_update"


@pytest.mark.parametrize("place", [0, 7, -1])
def test_a_witness_that_says_no_number_disagrees(place: int) -> None:
    network = Trainer(Spec(), backend="by_hand").network
    hand = np.ones(network.count, dtype=np.float32)
    other = hand.copy()
    other[place] = np.nan
    found = compare(network, "autograd", hand, other, FLOAT64_TOLERANCE, 1e-6)
    assert not found.agrees
    assert found.difference == np.inf
    assert network.slices[found.tensor].start + np.ravel_multi_index(found.index, network.shapes[found.tensor]) == (
        place % network.count
    )


def test_a_bug_is_trained_by_hand_and_so_has_no_engine_beside_it() -> None:
    trainer = Trainer(Spec())
    trainer.inject_bug("mean_for_sum")
    result = checked(trainer)
    assert result is not None
    assert not {one.reference for one in result.comparisons} & set(ENGINE)


def at_the_kink(activation: ActivationName) -> Trainer:
    """0.1·3 − 0.3 is 0, or 5.6e-17: which, depends on the order in which it is summed up."""
    spec = Spec(dataset="own_values", own_points=((0.1, 0.0, 1.0),), hidden=(1,), activation=activation, batch_size=1)
    trainer = Trainer(spec, backend="compiled")
    parameters = trainer.parameters()
    x = float(trainer.train_inputs[0, 0])
    parameters["layers.0.weight"] = np.array([[3.0, 0.0]], dtype=np.float32)
    parameters["layers.0.bias"] = np.array([-3 * x], dtype=np.float32)
    trainer.load_parameters(parameters)
    return trainer


@pytest.mark.parametrize(("bias", "agrees"), [(0.0, True), (-1e-7, True), (1e-7, True), (-1e-4, False)])
def test_where_rounding_decides_the_side_of_a_kink_either_side_is_right(
    bias: float, agrees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backend is given a bias that is off, by a rounding or by more than one."""
    trainer = at_the_kink("relu")
    assert set(ENGINE) < {one.reference for one in assert_green(trainer).comparisons}
    parameters = trainer.parameters()
    parameters["layers.0.bias"] += np.float32(2e-5)  # so that z is 2e-5 for both, and −8e-5 with a bias that is off
    if not agrees:
        trainer.load_parameters(parameters)
    trusted = Compiled.load

    def load(self: Compiled, state: State) -> None:
        moved = state.copy()
        moved.parameters[self.network.slices["layers.0.bias"]] += np.float32(bias)
        trusted(self, moved)

    monkeypatch.setattr(Compiled, "load", load)
    result = checked(trainer)
    assert result is not None
    gradient = next(one for one in result.comparisons if one.reference == "engine_gradient")
    assert gradient.agrees == agrees


def test_a_hidden_step_at_its_threshold_makes_the_light_silent() -> None:
    result = checked(at_the_kink("step"))
    assert result is not None
    assert result.passed
    assert result.state == "silent"
    assert {(one.reference, one.reason) for one in result.silent} == {("float32", "step"), ("engine_gradient", "step")}
    assert {"engine_update", "engine_counters"} <= {one.reference for one in result.comparisons}


def test_a_batch_too_large_to_take_again_makes_the_light_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(Spec(hidden=(Layer(width=4, batch_norm=True),), optimizer="adam"))
    monkeypatch.setattr(step_pair, "MAX_MULTIPLICATIONS", 5 * trainer.network.count)
    result = checked(trainer)
    assert result is not None
    assert result.state == "silent"
    assert [(one.reference, one.reason) for one in result.silent] == [
        ("engine_gradient", "batch"),
        ("engine_statistics", "batch"),
    ]
    assert {"engine_update", "engine_memory", "engine_counters"} <= {one.reference for one in result.comparisons}


@pytest.mark.parametrize("seed", range(4))
def test_the_three_gradients_told_are_of_the_step_that_was_checked(seed: int) -> None:
    trainer = Trainer(Spec(**SMALL, train_fraction=0.9, hidden=(4,), seed=seed), backend="by_hand")
    trainer.advance(7)  # the last batch of the epoch is left: 54 samples, 5 of them
    result = assert_green(trainer)
    assert result.samples == 5
    if result.worst.reference in ("autograd", "float32", "differences"):
        assert result.gradient is not None
        assert result.gradient[0] == pytest.approx(result.worst.hand, rel=1e-4)
