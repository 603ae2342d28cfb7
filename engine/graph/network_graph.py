"""A network and one sample as a graph of scalars, in inference form.

As all numbers on the page: batch norm uses its running statistics, and dropout is off and no node.
`engine.graph.modules` computes the same with a vector for each layer.
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

NORM_NODES = 7  # added to a neuron by batch norm: mean, variance, standard, γ, their product, β, n
LOSS_NODES = {"mse": 2, "mae": 2, "huber": 2, "bce": 3, "cross_entropy": 1}
"""Per output, without its target."""


def notes(network: Network) -> list[NoteName]:
    """Codes of the ways in which this graph differs from a training step."""
    conditions: list[tuple[NoteName, bool]] = [
        ("dropout", any(stage.dropout for stage in network.stages)),
        ("batch_norm", any(stage.batch_norm for stage in network.stages)),
        ("step", any(stage.activation == "step" for stage in network.stages)),
    ]
    return [name for name, holds in conditions if holds]


def node_count(network: Network) -> int:
    """Number of nodes of the network's graph of scalars."""
    outputs = network.sizes[-1]
    total = network.sizes[0] + outputs
    for stage in network.stages:
        of_neuron = 2 * stage.inputs + network.biases + 1
        of_neuron += NORM_NODES * stage.batch_norm + (stage.activation != "linear") + stage.residual
        total += stage.outputs * of_neuron
    combining = 3 if network.loss == "cross_entropy" else int(outputs > 1)
    return total + outputs * LOSS_NODES[network.loss] + combining


def scalar_graph(
    network: Network, tensors: Tensors, inputs: Vector, targets: Vector, names: Sequence[str], max_nodes: int
) -> Graph:
    """Every parameter, product, sum, activation and loss as a node; parameters are variables, sample and statistics
    constants.

    tensors: parameters and buffers. names: of the inputs (n,). Targets (m,) are named y, or y1, y2, …; w1_2_3 is the
    weight in layer 1 to neuron 2 from 3. Raises Fault for more than max_nodes.
    """
    if (needed := node_count(network)) > max_nodes:
        raise Fault("graph_network_too_large", {"count": needed, "limit": max_nodes})
    return _ScalarGraphBuilder(network, tensors).graph(inputs, targets, names)


class _ScalarGraphBuilder:
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
        signals = [self.add_leaf("constant", name, value) for name, value in zip(names, inputs, strict=True)]
        for layer, stage in enumerate(self.network.stages):
            signals = [self.neuron(layer, stage, out, signals) for out in range(stage.outputs)]
        if self.network.loss == "cross_entropy":
            self.cross_entropy(signals, targets)
        else:
            self.losses(signals, targets)
        return Graph(tuple(self.nodes))

    def neuron(self, layer: int, stage: Stage, out: int, signals: Sequence[int]) -> int:
        suffix = f"{layer + 1}_{out + 1}"
        weight, bias = self.tensors[f"layers.{layer}.weight"], self.tensors.get(f"layers.{layer}.bias")
        terms = []
        for source, signal in enumerate(signals):
            node = self.add_leaf("variable", f"w{suffix}_{source + 1}", weight[out, source])
            terms.append(self.add_operation("multiply", f"p{suffix}_{source + 1}", node, signal))
        if bias is not None:
            terms.append(self.add_leaf("variable", f"b{suffix}", bias[out]))
        h = self.add_operation("sum", f"z{suffix}", *terms)
        if stage.batch_norm:
            h = self.batch_norm(layer, out, suffix, h)
        if stage.activation != "linear":
            h = self.add_operation(stage.activation, f"a{suffix}", h)
        return self.add_operation("add", f"r{suffix}", h, signals[out]) if stage.residual else h

    def batch_norm(self, layer: int, out: int, suffix: str, z: int) -> int:
        """n = γ·(z − mean)/√(variance + ε) + β"""

        def of(name: str) -> float:
            return float(self.tensors[f"norms.{layer}.{name}"][out])

        mean = self.add_leaf("constant", f"mean{suffix}", of("running_mean"))
        variance = self.add_leaf("constant", f"var{suffix}", of("running_var"))
        normalized = self.add_operation("standardize", f"s{suffix}", z, mean, variance)
        scaled = self.add_operation(
            "multiply", f"g{suffix}", self.add_leaf("variable", f"γ{suffix}", of("weight")), normalized
        )
        return self.add_operation("add", f"n{suffix}", scaled, self.add_leaf("variable", f"β{suffix}", of("bias")))

    def losses(self, signals: Sequence[int], targets: Vector) -> None:
        """A loss for each output, and their mean or sum."""
        losses = []
        for out, (signal, target) in enumerate(zip(signals, targets, strict=True)):
            own, last = (str(out + 1), f"l{out + 1}") if len(signals) > 1 else ("", "L")
            y = self.add_leaf("constant", f"y{own}", target)
            if self.network.loss == "bce":
                # −y·log σ(a) − (1−y)·log(1−σ(a)) = softplus(a) − a·y
                plus = self.add_operation("softplus", f"s{own}", signal)
                losses.append(
                    self.add_operation("subtract", last, plus, self.add_operation("multiply", f"c{own}", signal, y))
                )
                continue
            error = self.add_operation("subtract", f"e{own}", signal, y)
            if self.network.loss == "mse":
                losses.append(self.add_operation("multiply", last, error, error))
            else:
                losses.append(self.add_operation({"mae": "abs", "huber": "huber"}[self.network.loss], last, error))
        if len(losses) > 1:
            self.add_operation(self.network.reduction, "L", *losses)

    def cross_entropy(self, signals: Sequence[int], targets: Vector) -> None:
        """−Σ y·log softmax(a) = log Σ eᵃ − Σ y·a, for y sums to 1"""
        chosen = []
        for out, (signal, target) in enumerate(zip(signals, targets, strict=True)):
            y = self.add_leaf("constant", f"y{out + 1}", target)
            chosen.append(self.add_operation("multiply", f"c{out + 1}", signal, y))
        self.add_operation(
            "subtract", "L", self.add_operation("logsumexp", "s", *signals), self.add_operation("sum", "c", *chosen)
        )

    def add_leaf(self, op: str, name: str, value: np.floating[Any] | float) -> int:
        self.nodes.append(Node(name, op, value=float(value)))
        return len(self.nodes) - 1

    def add_operation(self, op: str, name: str, *inputs: int) -> int:
        self.nodes.append(Node(name, op, inputs, settings=self.settings.get(op, ())))
        return len(self.nodes) - 1
