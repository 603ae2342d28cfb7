"""A network and one sample as a graph of scalars, in the form it has between steps.

That is the inference form, as all numbers on the page: batch norm goes by its running statistics, dropout leaves
nothing out and is no node. `engine.graph.modules` has the same numbers by modules.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.fault import Fault
from engine.graph.graph import Graph, Node
from engine.nn.network import Network, Stage

Vector = NDArray[np.float64]
Tensors = Mapping[str, NDArray[np.floating[Any]]]
NoteName = Literal["dropout", "batch_norm", "step"]

NORM_NODES = 7  # of a neuron with batch norm: mean, variance, standard, γ, their product, β, n
LOSS_NODES = {"mse": 2, "mae": 2, "huber": 2, "bce": 3, "cross_entropy": 1}
"""For each output, its target left out."""


def notes(network: Network) -> list[NoteName]:
    """What a person should know who compares this graph with a training step."""
    found: list[tuple[NoteName, bool]] = [
        ("dropout", any(stage.dropout for stage in network.stages)),
        ("batch_norm", any(stage.batch_norm for stage in network.stages)),
        ("step", any(stage.activation == "step" for stage in network.stages)),
    ]
    return [name for name, there in found if there]


def count(network: Network) -> int:
    """Nodes of its graph of scalars."""
    outputs = network.sizes[-1]
    total = network.sizes[0] + outputs
    for stage in network.stages:
        of_neuron = 2 * stage.inputs + network.biases + 1
        of_neuron += NORM_NODES * stage.batch_norm + (stage.activation != "linear") + stage.residual
        total += stage.outputs * of_neuron
    joined = 3 if network.loss == "cross_entropy" else int(outputs > 1)
    return total + outputs * LOSS_NODES[network.loss] + joined


def scalars(
    network: Network, tensors: Tensors, inputs: Vector, targets: Vector, names: Sequence[str], most: int
) -> Graph:
    """Every weight, product, sum and slope a node of its own; parameters are variables, sample and statistics constant.

    tensors: parameters and buffers. inputs (n,) are called names (n,), targets (m,) y or y1, y2, …; w1_2_3 leads in
    layer 1 to neuron 2 from 3. Raises Fault for more than so many nodes.
    """
    if (needed := count(network)) > most:
        raise Fault("graph_network_too_large", {"count": needed, "limit": most})
    return _Nodes(network, tensors).graph(inputs, targets, names)


class _Nodes:
    def __init__(self, network: Network, tensors: Tensors) -> None:
        self.network = network
        self.tensors = tensors
        self.nodes: list[Node] = []
        self.settings = {
            "leaky_relu": (network.leaky_slope,),
            "elu": (network.elu_alpha,),
            "huber": (network.huber_delta,),
            "standardize": (network.norm_epsilon,),
        }

    def graph(self, inputs: Vector, targets: Vector, names: Sequence[str]) -> Graph:
        signals = [self.given("constant", name, value) for name, value in zip(names, inputs, strict=True)]
        for layer, stage in enumerate(self.network.stages):
            signals = [self.neuron(layer, stage, out, signals) for out in range(stage.outputs)]
        if self.network.loss == "cross_entropy":
            self.cross_entropy(signals, targets)
        else:
            self.losses(signals, targets)
        return Graph(tuple(self.nodes))

    def neuron(self, layer: int, stage: Stage, out: int, signals: Sequence[int]) -> int:
        here = f"{layer + 1}_{out + 1}"
        weight, bias = self.tensors[f"layers.{layer}.weight"], self.tensors.get(f"layers.{layer}.bias")
        terms = []
        for source, signal in enumerate(signals):
            place = self.given("variable", f"w{here}_{source + 1}", weight[out, source])
            terms.append(self.make("multiply", f"p{here}_{source + 1}", place, signal))
        if bias is not None:
            terms.append(self.given("variable", f"b{here}", bias[out]))
        h = self.make("sum", f"z{here}", *terms)
        if stage.batch_norm:
            h = self.normalised(layer, out, here, h)
        if stage.activation != "linear":
            h = self.make(stage.activation, f"a{here}", h)
        return self.make("add", f"r{here}", h, signals[out]) if stage.residual else h

    def normalised(self, layer: int, out: int, here: str, z: int) -> int:
        """n = γ·(z − mean)/√(variance + ε) + β"""

        def of(name: str) -> float:
            return float(self.tensors[f"norms.{layer}.{name}"][out])

        mean = self.given("constant", f"mean{here}", of("running_mean"))
        variance = self.given("constant", f"var{here}", of("running_var"))
        standard = self.make("standardize", f"s{here}", z, mean, variance)
        scaled = self.make("multiply", f"g{here}", self.given("variable", f"γ{here}", of("weight")), standard)
        return self.make("add", f"n{here}", scaled, self.given("variable", f"β{here}", of("bias")))

    def losses(self, signals: Sequence[int], targets: Vector) -> None:
        """One for each output, and what they are together."""
        places = []
        for out, (signal, target) in enumerate(zip(signals, targets, strict=True)):
            own, last = (str(out + 1), f"l{out + 1}") if len(signals) > 1 else ("", "L")
            y = self.given("constant", f"y{own}", target)
            if self.network.loss == "bce":
                # −y·log σ(a) − (1−y)·log(1−σ(a)) = softplus(a) − a·y
                plus = self.make("softplus", f"s{own}", signal)
                places.append(self.make("subtract", last, plus, self.make("multiply", f"c{own}", signal, y)))
                continue
            error = self.make("subtract", f"e{own}", signal, y)
            if self.network.loss == "mse":
                places.append(self.make("multiply", last, error, error))
            else:
                places.append(self.make({"mae": "abs", "huber": "huber"}[self.network.loss], last, error))
        if len(places) > 1:
            self.make(self.network.reduction, "L", *places)

    def cross_entropy(self, signals: Sequence[int], targets: Vector) -> None:
        """−Σ y·log softmax(a) = log Σ eᵃ − Σ y·a, for y sums to 1"""
        chosen = []
        for out, (signal, target) in enumerate(zip(signals, targets, strict=True)):
            y = self.given("constant", f"y{out + 1}", target)
            chosen.append(self.make("multiply", f"c{out + 1}", signal, y))
        self.make("subtract", "L", self.make("logsumexp", "s", *signals), self.make("sum", "c", *chosen))

    def given(self, op: str, name: str, value: np.floating[Any] | float) -> int:
        self.nodes.append(Node(name, op, value=float(value)))
        return len(self.nodes) - 1

    def make(self, op: str, name: str, *inputs: int) -> int:
        self.nodes.append(Node(name, op, inputs, settings=self.settings.get(op, ())))
        return len(self.nodes) - 1
