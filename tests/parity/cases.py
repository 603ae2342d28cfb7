"""Networks with random parameters and training sets of random numbers, for the tests that hold backends to the oracle.

Sized so that outputs stay where float32 can tell 1 − tanh² from 0; beyond, torch in float32 is no better.
"""

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from engine import Layer, Spec
from engine.backends import Backend, make_backend
from engine.backends.by_hand import ByHand
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import make_optimizer
from engine.spec.choices import ActivationName, BackendName, LossName
from tests.parity import oracle

TOLERANCE = 1e-5
BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
ACTIVATIONS: tuple[ActivationName, ...] = get_args(ActivationName)

HEADS: dict[LossName, list[Spec]] = {
    "mse": [
        Spec(),
        Spec(dataset="arithmetic"),
        Spec(dataset="blobs", classes=3),
        Spec(reduction="sum"),
        Spec(dataset="plane", output_activation="gelu"),
    ],
    "mae": [Spec(loss="mae"), Spec(loss="mae", dataset="arithmetic", reduction="sum")],
    "huber": [Spec(loss="huber"), Spec(loss="huber", dataset="arithmetic", huber_delta=0.3, reduction="sum")],
    "bce": [
        Spec(loss="bce"),
        Spec(loss="bce", dataset="blobs", classes=4),
        Spec(loss="bce", dataset="blobs", classes=3, reduction="sum"),
    ],
    "cross_entropy": [
        Spec(loss="cross_entropy"),
        Spec(loss="cross_entropy", dataset="blobs", classes=8),
        Spec(loss="cross_entropy", dataset="blobs", classes=3, reduction="sum"),
    ],
}
"""Per loss: one and several outputs, classes and values, mean and sum."""

KINDS: dict[str, Spec] = {
    "plain": Spec(hidden=(6, 5)),
    "dropout": Spec(hidden=(Layer(width=6, dropout=0.4), Layer(width=5, dropout=0.1))),
    "batch norm": Spec(hidden=(Layer(width=6, batch_norm=True), Layer(width=5, batch_norm=True))),
    "residual": Spec(hidden=(6, Layer(width=6, residual=True), Layer(width=6, residual=True))),
    "no bias": Spec(hidden=(6, 5), biases=False),
    "all at once": Spec(
        hidden=(
            Layer(width=6, batch_norm=True),
            Layer(width=6, residual=True, dropout=0.3, batch_norm=True),
            Layer(width=4, dropout=0.2),
        ),
        biases=False,
    ),
}


@dataclass(frozen=True)
class Case:
    network: Network
    parameters: Array
    buffers: Array
    inputs: Array
    targets: Array

    def state(self, spec: Spec) -> State:
        optimizer_state = make_optimizer(spec, self.network).start(self.parameters)
        start = State.start(self.network, self.parameters, optimizer_state)
        return replace(start, buffers=self.buffers)

    def backend(self, name: BackendName, spec: Spec) -> Backend:
        backend = make_backend(name, spec, self.network, self.inputs, self.targets)
        backend.load(self.state(spec))
        return backend

    def by_hand_in_doubles(self, spec: Spec) -> ByHand:
        """The specification run in float64."""
        doubles = {name: getattr(self, name).astype(np.float64) for name in ("inputs", "targets")}
        backend = ByHand(spec, self.network, **doubles)
        state = self.state(spec)
        backend.load(
            replace(
                state,
                parameters=state.parameters.astype(np.float64),
                buffers=state.buffers.astype(np.float64),
                optimizer_state={name: values.astype(np.float64) for name, values in state.optimizer_state.items()},
            )
        )
        return backend


def case_of(spec: Spec, samples: int = 50, seed: int = 1, fresh_buffers: bool = True) -> Case:
    random = np.random.default_rng(seed)
    network = Network.of(spec)
    parameters = np.empty(network.count, dtype=np.float32)
    for name, view in network.views(parameters).items():
        fan_in = network.shapes[name][-1] if name.endswith("weight") else 4
        view[:] = random.normal(size=view.shape) / np.sqrt(fan_in)
        if name.startswith("norms") and name.endswith("weight"):
            view[:] = random.uniform(0.5, 1.5, size=view.shape)
    inputs = random.uniform(-2, 2, size=(samples, spec.inputs)).astype(np.float32)
    if spec.is_regression:
        targets = random.uniform(-1, 1, size=(samples, spec.outputs))
    elif spec.outputs == 1:
        targets = random.choice([spec.low_target, 1], size=(samples, 1))
    else:
        targets = np.where(np.eye(spec.outputs)[random.integers(0, spec.outputs, samples)], 1, spec.low_target)
    buffers = network.fresh_buffers()
    if not fresh_buffers:
        for name, view in network.buffer_views(buffers).items():
            view[:] = (
                random.uniform(0.3, 2, size=view.shape) if name.endswith("var") else random.normal(size=view.shape)
            )
    return Case(network, parameters, buffers, inputs, targets.astype(np.float32))


def worst(network: Network, found: Array, true: dict[str, oracle.Doubles]) -> float:
    """The worst difference of a gradient (count,), in units of the largest entry of its layer.

    Of the layer's, because the gradient of a bias is a sum over the batch that now and then all but cancels.
    """
    tensors, differences = network.views(found), [0.0]
    for layer in range(network.layers):
        names = [name for name in network.names if name.split(".")[1] == str(layer)]
        size = max(np.abs(true[name]).max() for name in names)
        difference = max(np.abs(tensors[name] - true[name]).max() for name in names)
        differences.append(float(difference / size) if size > 1e-12 else float(difference))
    return max(differences)
