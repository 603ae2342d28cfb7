"""Every backend against torch in float64: gradients of every kind of network, and twenty steps of every optimizer."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest
import torch

from engine import Layer, Spec
from engine.nn.network import Network, State
from engine.nn.optimizers import uses_memory
from engine.spec.choices import READS, ActivationName, BackendName, LossName, OptimizerName
from engine.spec.spec import is_live
from tests.parity import oracle
from tests.parity.cases import ACTIVATIONS, BACKENDS, HEADS, KINDS, TOLERANCE, case_of, worst

OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
SHAPES: list[tuple[int, ...]] = [(), (1,), (32,), (4, 2), (5, 1, 7), (32, 32), (3,) * 8, (32,) * 8]
DOUBLE = 1e-10


@pytest.mark.parametrize("backend", [*BACKENDS, "by_hand in float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_of_every_activation_loss_and_kind_of_layer(
    backend: BackendName, activation: ActivationName, record_property: Callable[[str, object], None]
) -> None:
    """Both forms: that of inference over the whole set, and that of a training step, seen in its first velocity."""
    largest, count = 0.0, 0
    for i, ((loss, heads), (kind, layers)) in enumerate(product(HEADS.items(), KINDS.items())):
        spec = heads[i % len(heads)].changed(
            hidden=layers.hidden, biases=layers.biases, activation=activation, optimizer="momentum", batch_size=23
        )
        case = case_of(spec, fresh_buffers=False)
        double = backend not in BACKENDS
        runner = case.by_hand_in_doubles(spec) if double else case.backend(backend, spec)
        tolerance = DOUBLE if double else TOLERANCE

        model = oracle.Model(case.network, case.parameters, case.buffers)
        true_value, true = oracle.gradients_of(model, case.inputs, case.targets)
        value, gradient = runner.loss_and_gradient()
        assert value == pytest.approx(true_value, rel=tolerance)
        inferred = worst(case.network, gradient, true)

        batch = oracle.shuffled(spec.seed, 0, len(case.inputs))[:23]
        _, true = oracle.gradients_of(model, case.inputs[batch], case.targets[batch], training=(spec.seed, 0))
        runner.advance(1)
        trained = worst(case.network, runner.state().optimizer_state["velocity"], true)
        assert max(inferred, trained) < tolerance, f"{loss}, {kind}: {inferred:.1e} inferred, {trained:.1e} trained"
        assert oracle.relative(runner.state().buffers, model.running()) < tolerance, f"running statistics, {kind}"
        largest, count = max(largest, inferred, trained), count + 2
    record_property("parity", (f"gradients, {backend}", count, largest))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss", HEADS)
def test_gradients_of_every_shape(backend: BackendName, loss: LossName) -> None:
    for i, (shape, head) in enumerate(product(SHAPES, HEADS[loss])):
        spec = head.changed(hidden=shape, activation=ACTIVATIONS[i % len(ACTIVATIONS)])
        case = case_of(spec)
        model = oracle.Model(case.network, case.parameters)
        true_value, true = oracle.gradients_of(model, case.inputs, case.targets)
        value, gradient = case.backend(backend, spec).loss_and_gradient()
        assert value == pytest.approx(true_value, rel=TOLERANCE)
        assert worst(case.network, gradient, true) < TOLERANCE, f"{shape}, {spec.activation}"


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_of_mixed_activations(backend: BackendName) -> None:
    for first, second in product(ACTIVATIONS, repeat=2):
        layers = (Layer(width=6, activation=first), Layer(width=5, activation=second), Layer(width=4, activation=first))
        spec = Spec(hidden=layers, features=("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"))
        case = case_of(spec)
        _, true = oracle.loss_and_gradients(case.network, case.parameters, case.inputs, case.targets)
        assert worst(case.network, case.backend(backend, spec).loss_and_gradient()[1], true) < TOLERANCE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("batch_size", [1, 7, 32, 50, 256, None])
def test_gradients_of_batches(backend: BackendName, batch_size: int | None) -> None:
    """What enters an optimizer, seen in the velocity of a first step. 7 and 32 leave a smaller last batch."""
    for heads, shape in product(HEADS.values(), [(), (1,), (8, 8), (32, 3)]):
        spec = heads[0].changed(hidden=shape, activation="gelu", optimizer="momentum", batch_size=batch_size)
        case = case_of(spec)
        size = batch_size or 50
        order = oracle.shuffled(spec.seed, 0, 50)
        for cursor in {0, (50 - 1) // size * size}:
            runner = case.backend(backend, spec)
            runner.load(replace(runner.state(), cursor=cursor))
            runner.advance(1)
            batch = order[cursor : cursor + size]
            model = oracle.Model(case.network, case.parameters)
            _, true = oracle.gradients_of(model, case.inputs[batch], case.targets[batch])
            assert worst(case.network, runner.state().optimizer_state["velocity"], true) < TOLERANCE


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_last_batch_of_one_is_normalised_as_in_inference(backend: BackendName) -> None:
    """51 samples in batches of 25: the third batch is one sample, and leaves the running statistics alone."""
    layers = (Layer(width=5, batch_norm=True), Layer(width=4, batch_norm=True))
    spec = Spec(hidden=layers, optimizer="momentum", batch_size=25)
    case = case_of(spec, samples=51, fresh_buffers=False)
    runner = case.backend(backend, spec)
    runner.load(replace(runner.state(), cursor=50))
    runner.advance(1)
    last = oracle.shuffled(spec.seed, 0, 51)[50:]
    model = oracle.Model(case.network, case.parameters, case.buffers)
    _, true = oracle.gradients_of(model, case.inputs[last], case.targets[last])
    assert worst(case.network, runner.state().optimizer_state["velocity"], true) < TOLERANCE
    np.testing.assert_array_equal(runner.state().buffers, case.buffers)
    assert runner.state().epoch == 1


RATES: dict[OptimizerName, float] = {"adagrad": 0.01, "rmsprop": 0.002, "adam": 0.01, "adamw": 0.01, "muon": 0.01}
"""Where 0.03 makes first steps so long that rounding grows on the way."""


def spec_for(optimizer: OptimizerName, **fields: Any) -> Spec:
    """Batches of 16 out of 50: twenty steps cross the ends of four epochs, each with a smaller last batch."""
    own: dict[str, Any] = {"hidden": (6, 5, 4), "batch_size": 16, "learning_rate": RATES.get(optimizer, 0.03)}
    if optimizer == "perceptron":
        own |= {"hidden": (), "output_activation": "step"}
    if optimizer == "evolution":
        own |= {"pairs": 4}
    return Spec(**{**own, "optimizer": optimizer, **fields})


@cache
def oracle_run(spec: Spec) -> oracle.Trained:
    """Twenty steps of it; the same for every backend."""
    if spec.optimizer == "muon" and not hasattr(torch.optim, "Muon"):
        pytest.skip("torch has Muon from 2.9 on; its properties are tested without it")
    case = case_of(spec)
    return oracle.train(spec, case.network, case.parameters, case.inputs, case.targets, steps=20)


@cache
def twenty_steps(backend: BackendName, start: Spec, then: Spec) -> State:
    """From the case of the second Spec, which is put in force after a start with the first."""
    runner = case_of(then).backend(backend, start)
    runner.configure(then)
    runner.advance(20)
    return runner.state()


def follows(backend: BackendName, spec: Spec, tolerance: float) -> float:
    """Runs twenty steps beside the oracle and returns the worst relative difference of a layer; losses too."""
    network, true = Network.of(spec), oracle_run(spec)
    state = twenty_steps(backend, spec, spec)
    assert (state.step, state.epoch, state.cursor) == (20, 5, 0)
    assert state.optimizer_steps == (20 if uses_memory(spec) else 0)
    last_epoch = zip([16, 16, 16, 2], true.losses[-4:], strict=True)
    mean = sum(size * loss for size, loss in last_epoch) / 50 if spec.reduction == "mean" else sum(true.losses[-4:])
    assert state.epoch_loss == pytest.approx(mean, rel=tolerance)
    assert state.samples == 250 * (2 * spec.pairs if spec.optimizer == "evolution" else 1)
    statistics = oracle.relative(state.buffers, true.model.running())
    return max(statistics, worst(network, state.parameters, true.model.tensors()))


WAYS: list[dict[str, Any]] = [
    {},
    {"l1": 0.003, "l2": 0.02},
    {"weight_decay": 0.5, "schedule": "step", "schedule_steps": 6, "warmup_steps": 10},
    {"clip": "norm", "clip_limit": 0.05, "schedule": "exponential", "schedule_steps": 12},
    {"clip": "value", "clip_limit": 0.01, "schedule": "cosine", "schedule_steps": 21, "schedule_factor": 0.1},
    {"schedule": "cosine", "schedule_steps": 21, "schedule_factor": 0, "warmup_steps": 7, "biases": False},
    {"reduction": "sum", "learning_rate": 0.002},
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_steps_of_every_optimizer(
    backend: BackendName, optimizer: OptimizerName, record_property: Callable[[str, object], None]
) -> None:
    differences = {}
    for way in WAYS:
        spec = spec_for(optimizer, **way)
        differences[str(way)] = follows(backend, spec, TOLERANCE)
    record_property("parity", (f"runs of twenty steps, {backend}", len(WAYS), max(differences.values())))
    assert max(differences.values()) < TOLERANCE, differences


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name not in ("perceptron", "evolution")])
def test_twenty_steps_with_norms_dropout_and_residual_links(backend: BackendName, optimizer: OptimizerName) -> None:
    for kind in ("dropout", "batch norm", "residual", "all at once"):
        spec = spec_for(optimizer, hidden=KINDS[kind].hidden, activation="elu", clip="norm", clip_limit=0.5)
        assert follows(backend, spec, 2 * TOLERANCE) < 2 * TOLERANCE, kind


KNOBS: list[tuple[OptimizerName, dict[str, Any], str, Any]] = [
    *((optimizer, {}, "learning_rate", 0.02) for optimizer in OPTIMIZERS),
    *((optimizer, {}, "weight_decay", 0.2) for optimizer in OPTIMIZERS),
    ("momentum", {}, "momentum", 0.8),
    ("momentum", {}, "momentum", 0),
    ("momentum", {"dampening": 0.5}, "momentum", 0),
    ("momentum", {}, "dampening", 0.3),
    ("nag", {}, "momentum", 0.8),
    ("nag", {"momentum": 0.5}, "momentum", 0.9),
    ("adagrad", {}, "epsilon", 1e-2),
    ("adagrad", {}, "rate_decay", 0.1),
    ("adagrad", {}, "initial_accumulator", 0.1),
    ("rmsprop", {}, "alpha", 0.9),
    ("rmsprop", {}, "epsilon", 1e-2),
    ("rmsprop", {"alpha": 0.8}, "centered", True),
    *(
        (optimizer, {"learning_rate": 0.03}, knob, value)
        for optimizer in ("adam", "adamw")
        for knob, value in (("beta1", 0.8), ("beta2", 0.9), ("epsilon", 1e-2))
    ),
    ("adam", {"beta2": 0.5}, "amsgrad", True),
    ("adamw", {"beta2": 0.5}, "amsgrad", True),
    ("muon", {}, "muon_momentum", 0.5),
    ("muon", {}, "nesterov", False),
    ("muon", {}, "newton_schulz_steps", 3),
    ("muon", {}, "beta1", 0.8),
    ("muon", {}, "beta2", 0.9),
    ("muon", {}, "epsilon", 1e-2),
    ("evolution", {}, "sigma", 0.2),
    ("evolution", {}, "pairs", 3),
    ("sgd", {}, "l1", 0.01),
    ("sgd", {}, "l2", 0.01),
    ("sgd", {}, "batch_size", 15),
    ("sgd", {}, "batch_size", None),
    ("sgd", {"clip_limit": 0.1}, "clip", "norm"),
    ("sgd", {"clip_limit": 0.02}, "clip", "value"),
    ("sgd", {"clip": "norm", "clip_limit": 0.1}, "clip_limit", 0.05),
    ("sgd", {"schedule_steps": 8}, "schedule", "step"),
    ("sgd", {"schedule_steps": 8}, "schedule", "exponential"),
    ("sgd", {"schedule_steps": 25}, "schedule", "cosine"),
    ("sgd", {"schedule": "step", "schedule_steps": 8}, "schedule_steps", 5),
    ("sgd", {"schedule": "exponential", "schedule_steps": 8}, "schedule_factor", 0.2),
    ("sgd", {}, "warmup_steps", 10),
]
"""(optimizer, what makes the knob matter, the knob, what it is turned to)."""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_knob_of_a_step_bites(backend: BackendName, optimizer: OptimizerName) -> None:
    """The trajectories above would notice if it were ignored, and a knob turned while a run goes on takes effect."""
    for start, knob, value in ((start, knob, value) for name, start, knob, value in KNOBS if name == optimizer):
        spec = spec_for(optimizer, **start)
        turned = spec.changed(**{knob: value})
        plain, live, at_once = (
            twenty_steps(backend, *specs).parameters for specs in ((spec, spec), (spec, turned), (turned, turned))
        )
        moved = oracle.relative(at_once, plain)
        assert moved > 3 * TOLERANCE, f"{knob} could be ignored and the parity test would still pass"
        if is_live(knob):
            np.testing.assert_array_equal(live, at_once)
        if knob != "batch_size":
            assert follows(backend, turned, TOLERANCE) < TOLERANCE, f"{knob} of {optimizer}"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_setting_an_optimizer_reads_is_turned(optimizer: OptimizerName) -> None:
    turned = {knob for name, _, knob, _ in KNOBS if name == optimizer}
    assert turned >= {*READS[optimizer], "learning_rate", "weight_decay"}


NETWORK_KNOBS: list[tuple[Spec, str, Any]] = [
    (Spec(activation="leaky_relu"), "leaky_slope", 0.2),
    (Spec(activation="elu"), "elu_alpha", 0.5),
    (Spec(loss="huber"), "huber_delta", 0.2),
    (Spec(), "reduction", "sum"),
    (Spec(), "biases", False),
    (Spec(hidden=(Layer(width=4, batch_norm=True),)), "norm_momentum", 0.3),
    (Spec(hidden=(Layer(width=4, batch_norm=True),)), "norm_epsilon", 0.05),
    (Spec(hidden=(4,)), "hidden", (Layer(width=4, dropout=0.2),)),
    (Spec(hidden=(Layer(width=4, dropout=0.2),)), "hidden", (Layer(width=4, dropout=0.3),)),
    (Spec(hidden=(Layer(width=4, dropout=0.2),)), "seed", 8),
    (Spec(hidden=(4,)), "hidden", (Layer(width=4, batch_norm=True),)),
    (Spec(hidden=(4, 4)), "hidden", (4, Layer(width=4, residual=True))),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("plain", "knob", "value"), NETWORK_KNOBS)
def test_every_knob_of_a_network_bites(backend: BackendName, plain: Spec, knob: str, value: Any) -> None:
    turned = plain.changed(batch_size=16, **{knob: value})
    outputs = []
    for spec in (plain.changed(batch_size=16), turned):
        case = case_of(spec)
        runner = case.backend(backend, spec)
        runner.advance(20)
        outputs.append(runner.activations(case.inputs)[-1])
    assert oracle.relative(*outputs) > 3 * TOLERANCE, f"{knob} could be ignored and the parity test would still pass"
    assert follows(backend, turned, TOLERANCE) < TOLERANCE


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_steps_by_hand_in_float64(optimizer: OptimizerName) -> None:
    """The specification itself, without the rounding of float32."""
    spec = spec_for(optimizer, l1=0.003, l2=0.02, clip="norm", clip_limit=0.5, weight_decay=0.1)
    if optimizer not in ("perceptron", "evolution"):
        spec = spec.changed(hidden=KINDS["all at once"].hidden, biases=False)
    case, true = case_of(spec), oracle_run(spec)
    runner = case.by_hand_in_doubles(spec)
    runner.advance(20)
    state = runner.state()
    assert state.parameters.dtype == np.float64
    assert worst(case.network, state.parameters, true.model.tensors()) < DOUBLE
    assert oracle.relative(state.buffers, true.model.running()) < DOUBLE
