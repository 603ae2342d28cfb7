"""A network and one sample as a graph: of scalars, or of modules with vectors. The same numbers either way.

Plain networks only: linear layers with their activations and a loss, nothing that is random or looks at a whole batch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.graph import OPERATIONS, Graph, GraphFault, Node, sigmoid
from engine.network import Network

Vector = NDArray[np.float64]
Tensors = Mapping[str, NDArray[np.floating[Any]]]

ACTIVATIONS = ("linear", "tanh", "relu", "sigmoid", "softplus")
LOSSES = ("mse", "bce")


@dataclass(frozen=True)
class Module:
    """One box: what leaves it, and what comes back to it."""

    name: str
    """As in PyTorch, layers.0; or what it is."""
    kind: str
    """"inputs", "targets", "linear", an activation or a loss."""
    inputs: tuple[int, ...]
    """Places of earlier modules."""
    values: Vector
    gradients: Vector | None
    """∂L/∂values; None for inputs and targets, which are not to be changed."""
    tensors: dict[str, tuple[Vector, Vector]] = field(default_factory=dict)
    """weight and bias, each beside its gradient."""


def refuse_unless_plain(network: Network) -> None:
    """Raises GraphFault naming what cannot be drawn."""
    odd = [
        *(f"activation {stage.activation}" for stage in network.stages if stage.activation not in ACTIVATIONS),
        *("batch norm" for stage in network.stages if stage.batch_norm),
        *("dropout" for stage in network.stages if stage.dropout),
        *("residual" for stage in network.stages if stage.residual),
        *(f"loss {network.loss}" for _ in range(network.loss not in LOSSES)),
    ]
    if odd:
        raise GraphFault("not_plain", part=odd[0], activations=list(ACTIVATIONS), losses=list(LOSSES))


def count(network: Network) -> int:
    """Nodes of its graph of scalars."""
    total = network.sizes[0] + network.sizes[-1]
    for stage in network.stages:
        total += 2 * stage.inputs * stage.outputs + stage.outputs
        total += stage.outputs * (network.biases + (stage.activation != "linear"))
    return total + network.sizes[-1] * (2 if network.loss == "mse" else 3) + (network.sizes[-1] > 1)


def scalars(
    network: Network, tensors: Tensors, inputs: Vector, targets: Vector, names: Sequence[str], most: int
) -> Graph:
    """Every weight, product, sum and slope a node of its own; parameters are variables, the sample is constant.

    inputs (n,) are called names (n,), targets (m,) y or y1, y2, …; w1_2_3 leads in layer 1 to neuron 2 from 3.
    Raises GraphFault for more than so many nodes and for networks that are not plain.
    """
    refuse_unless_plain(network)
    if (needed := count(network)) > most:
        raise GraphFault("network_too_large", count=needed, limit=most)
    nodes: list[Node] = []

    def make(name: str, op: str, inputs: Sequence[int] = (), value: float | None = None) -> int:
        nodes.append(Node(name, op, tuple(inputs), value))
        return len(nodes) - 1

    signals = [make(name, "constant", value=float(value)) for name, value in zip(names, inputs, strict=True)]
    for layer, stage in enumerate(network.stages):
        weight, bias = tensors[f"layers.{layer}.weight"], tensors.get(f"layers.{layer}.bias")
        outputs = []
        for out in range(stage.outputs):
            here = f"{layer + 1}_{out + 1}"
            terms = []
            for source, signal in enumerate(signals):
                place = make(f"w{here}_{source + 1}", "variable", value=float(weight[out, source]))
                terms.append(make(f"p{here}_{source + 1}", "multiply", (place, signal)))
            if bias is not None:
                terms.append(make(f"b{here}", "variable", value=float(bias[out])))
            z = make(f"z{here}", "sum", terms)
            outputs.append(z if stage.activation == "linear" else make(f"a{here}", stage.activation, (z,)))
        signals = outputs
    losses = []
    for out, (signal, target) in enumerate(zip(signals, targets, strict=True)):
        own = "" if len(signals) == 1 else str(out + 1)
        last = "L" if len(signals) == 1 else f"l{own}"
        y = make(f"y{own}", "constant", value=float(target))
        if network.loss == "mse":
            error = make(f"e{own}", "subtract", (signal, y))
            losses.append(make(last, "multiply", (error, error)))
        else:
            plus, chosen = make(f"s{own}", "softplus", (signal,)), make(f"c{own}", "multiply", (signal, y))
            losses.append(make(last, "subtract", (plus, chosen)))
    if len(losses) > 1:
        make("L", network.reduction, losses)
    return Graph(tuple(nodes))


def modules(network: Network, tensors: Tensors, inputs: Vector, targets: Vector) -> list[Module]:
    """The same computation on vectors, in float64: forward through all modules, then backward. Raises GraphFault."""
    refuse_unless_plain(network)
    boxes = [Module("inputs", "inputs", (), inputs.astype(float), None)]
    for layer, stage in enumerate(network.stages):
        below = boxes[-1].values
        weight = tensors[f"layers.{layer}.weight"].astype(float)
        bias = tensors[f"layers.{layer}.bias"].astype(float) if network.biases else np.zeros(stage.outputs)
        boxes.append(_forward(f"layers.{layer}", "linear", boxes, weight @ below + bias))
        if stage.activation != "linear":
            values = _each(OPERATIONS[stage.activation].value, boxes[-1].values)
            boxes.append(_forward(f"{stage.activation}.{layer}", stage.activation, boxes, values))
    outputs, share = boxes[-1].values, 1 / targets.size if network.reduction == "mean" else 1.0
    if network.loss == "mse":
        loss, gradient = np.square(outputs - targets), 2 * (outputs - targets) * share
    else:
        loss = np.logaddexp(0, outputs) - outputs * targets
        gradient = (_each(lambda z: sigmoid(z[0]), outputs) - targets) * share
    boxes.append(Module("targets", "targets", (), targets.astype(float), None))
    boxes.append(
        Module("L", network.loss, (len(boxes) - 2, len(boxes) - 1), np.array([loss.sum() * share]), np.ones(1))
    )
    return _backward(boxes, gradient, network, tensors)


def _forward(name: str, kind: str, boxes: list[Module], values: Vector) -> Module:
    return Module(name, kind, (len(boxes) - 1,), values, None)


def _backward(boxes: list[Module], gradient: Vector, network: Network, tensors: Tensors) -> list[Module]:
    """gradient: of the loss by the outputs."""
    done = list(boxes)
    for place in reversed(range(1, len(boxes) - 2)):
        box, below = boxes[place], boxes[place - 1].values
        if box.kind == "linear":
            weight = tensors[f"{box.name}.weight"].astype(float)
            held = {"weight": (weight, np.outer(gradient, below))}
            if network.biases:
                held["bias"] = (tensors[f"{box.name}.bias"].astype(float), gradient)
            done[place] = replace(box, gradients=gradient, tensors=held)
            gradient = gradient @ weight
        else:
            done[place] = replace(box, gradients=gradient)
            slopes = [
                OPERATIONS[box.kind].slopes([z], a)[0] for z, a in zip(below.tolist(), box.values.tolist(), strict=True)
            ]
            gradient = gradient * slopes
    return done


def _each(value: Callable[[list[float]], float], vector: Vector) -> Vector:
    return np.array([value([number]) for number in vector.tolist()])
