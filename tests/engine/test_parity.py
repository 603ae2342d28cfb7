"""Every backend against torch: gradients of every kind of network, and the first steps of every optimizer."""

from dataclasses import dataclass, replace
from itertools import product
from typing import get_args

import numpy as np
import pytest

from engine import Layer, Spec
from engine.backends import Backend, make_backend
from engine.choices import ActivationName, BackendName, OptimizerName
from engine.network import Array, Network, State
from engine.optimizers import make_optimizer
from tests.engine import oracle

TOLERANCE = 1e-5
BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
ACTIVATIONS: tuple[ActivationName, ...] = get_args(ActivationName)
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)

HEADS = {
    "two classes, mse": Spec(),
    "two classes, bce": Spec(loss="bce"),
    "regression, mse": Spec(dataset="plane"),
}
"""Every pair of loss and output activation."""
SHAPES: list[tuple[int, ...]] = [(), (1,), (32,), (4, 2), (5, 1, 7), (32, 32), (3,) * 8, (32,) * 8]


@dataclass(frozen=True)
class Case:
    """A network with random parameters, and a training set of random numbers.

    Sized so that outputs stay where float32 can tell 1 − tanh² from 0; beyond, torch in float32 is no better.
    """

    network: Network
    parameters: Array
    inputs: Array
    targets: Array

    def backend(self, name: BackendName, spec: Spec) -> Backend:
        backend = make_backend(name, spec, self.network, self.inputs, self.targets)
        zeros = np.zeros_like(self.parameters)
        backend.load(State.start(self.network, self.parameters, make_optimizer(spec).start(zeros)))
        return backend


def case_of(spec: Spec, features: int = 2, samples: int = 50, seed: int = 1) -> Case:
    random = np.random.default_rng(seed)
    network = Network.of(spec, inputs=features, outputs=1)
    parameters = np.empty(network.count, dtype=np.float32)
    for name, view in network.views(parameters).items():
        fan_in = network.shapes[name][-1] if name.endswith("weight") else 4
        view[:] = random.normal(size=view.shape) / np.sqrt(fan_in)
    inputs = random.uniform(-2, 2, size=(samples, features)).astype(np.float32)
    targets = {
        "two classes, mse": random.choice([-1, 1], size=(samples, 1)),
        "two classes, bce": random.choice([0, 1], size=(samples, 1)),
        "regression, mse": random.uniform(-1, 1, size=(samples, 1)),
    }[head_of(spec)]
    return Case(network, parameters, inputs, targets.astype(np.float32))


def head_of(spec: Spec) -> str:
    return next(name for name, head in HEADS.items() if (head.loss, head.dataset) == (spec.loss, spec.dataset))


def check(case: Case, gradient: Array, chosen: list[int]) -> None:
    """The gradient (count,) of the mean loss over the chosen samples is right, in units of its layer's largest entry.

    Of the layer's, because a bias gradient is a sum over the batch that now and then all but cancels.
    """
    inputs, targets = case.inputs[chosen], case.targets[chosen]
    _, true = oracle.loss_and_gradients(case.network, case.parameters, inputs, targets)
    found = case.network.views(gradient)
    for layer in range(case.network.layers):
        names = [f"layers.{layer}.weight", f"layers.{layer}.bias"]
        difference = max(np.abs(found[name] - true[name]).max() for name in names)
        assert difference <= TOLERANCE * max(np.abs(true[name]).max() for name in names), f"layer {layer}"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_of_every_activation_loss_and_shape(
    backend: BackendName, head: str, activation: ActivationName
) -> None:
    for shape in SHAPES:
        spec = HEADS[head].changed(hidden=shape, activation=activation)
        case = case_of(spec)
        loss, gradient = case.backend(backend, spec).loss_and_gradient()
        true_loss, _ = oracle.loss_and_gradients(case.network, case.parameters, case.inputs, case.targets)
        assert loss == pytest.approx(true_loss, rel=TOLERANCE)
        check(case, gradient, list(range(len(case.inputs))))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("head", HEADS)
def test_gradients_of_mixed_activations(backend: BackendName, head: str) -> None:
    for first, second in product(ACTIVATIONS, repeat=2):
        layers = (Layer(width=6, activation=first), Layer(width=5, activation=second), Layer(width=4, activation=first))
        spec = HEADS[head].changed(hidden=layers)
        case = case_of(spec, features=7)
        check(case, case.backend(backend, spec).loss_and_gradient()[1], list(range(len(case.inputs))))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("batch_size", [1, 7, 32, 50, 256])
def test_gradients_of_batches(backend: BackendName, head: str, batch_size: int) -> None:
    """What enters an optimizer, seen in the velocity of a first step. 7 and 32 leave a smaller last batch."""
    for activation, shape in product(ACTIVATIONS, [(), (1,), (8, 8), (32, 3)]):
        spec = HEADS[head].changed(
            hidden=shape, activation=activation, optimizer="momentum", batch_size=batch_size, l1=0, l2=0
        )
        case = case_of(spec)
        order = oracle.shuffled(spec.seed, 0, 50)
        last = (50 - 1) // batch_size * batch_size
        for cursor in {0, last}:
            runner = case.backend(backend, spec)
            runner.load(replace(runner.state(), cursor=cursor))
            runner.advance(1)
            check(case, runner.state().memory["velocity"], order[cursor : cursor + batch_size])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("penalty", [{}, {"l1": 0.01}, {"l2": 0.1}, {"l1": 0.003, "l2": 0.02}])
def test_twenty_steps_of_every_optimizer(
    backend: BackendName, optimizer: OptimizerName, head: str, penalty: dict[str, float]
) -> None:
    """Batches of 16 out of 50: the twenty steps cross the ends of four epochs, each with a smaller last batch."""
    spec = HEADS[head].changed(hidden=(6, 5), optimizer=optimizer, batch_size=16, **penalty)
    case = case_of(spec)
    true = oracle.train(spec, case.network, case.parameters, case.inputs, case.targets, steps=20)
    runner = case.backend(backend, spec)
    runner.advance(20)
    state = runner.state()
    assert (state.step, state.epoch, state.cursor, state.optimizer_steps) == (20, 5, 0, 20)
    for name, found in case.network.views(state.parameters).items():
        assert oracle.relative(found, true[name]) < TOLERANCE, name


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("optimizer", "knob", "value"),
    [
        ("sgd", "learning_rate", 0.04),
        ("momentum", "learning_rate", 0.04),
        ("momentum", "momentum", 0.8),
        ("adam", "learning_rate", 0.04),
        ("adam", "beta1", 0.8),
        ("adam", "beta2", 0.99),
        ("adam", "epsilon", 1e-3),
        ("sgd", "l1", 0.01),
        ("sgd", "l2", 0.01),
        ("sgd", "batch_size", 15),
        ("sgd", "seed", 8),
    ],
)
def test_every_knob_of_a_step_bites(backend: BackendName, optimizer: OptimizerName, knob: str, value: float) -> None:
    """The trajectories above would notice if it were ignored, and a knob turned while a run goes on takes effect."""
    spec = Spec(hidden=(6, 5), optimizer=optimizer, batch_size=16)
    turned = spec.changed(**{knob: value})
    case = case_of(spec)

    def after(start: Spec, then: Spec) -> Array:
        runner = case.backend(backend, start)
        runner.configure(then)
        runner.advance(20)
        return runner.state().parameters

    plain, live = after(spec, spec), after(spec, turned)
    moved = oracle.relative(live, plain)
    assert moved > 3 * TOLERANCE, f"{knob} could be ignored and the parity test would still pass"
    if knob != "seed":  # only a new Trainer takes up a new seed
        np.testing.assert_array_equal(live, after(turned, turned))
    true = oracle.train(turned, case.network, case.parameters, case.inputs, case.targets, steps=20)
    if knob != "seed":
        for name, found in case.network.views(live).items():
            assert oracle.relative(found, true[name]) < TOLERANCE, name
