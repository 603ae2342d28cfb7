"""A network and one sample as modules with vectors: what leaves each box, and what comes back to it.

The computation of `engine.graph.network_graph` in the same form, on whole layers and in float64: forward through all
boxes, then backward, each box handing on to what it was made from.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from engine.graph.network_graph import Tensors, Vector
from engine.nn.activations import activation_table
from engine.nn.losses import make_loss
from engine.nn.network import Network


@dataclass(frozen=True)
class Module:
    """One box: what leaves it, and what comes back to it."""

    name: str
    """As in PyTorch, layers.0; or what it is."""
    kind: str
    """"inputs", "targets", "linear", "batch_norm", "residual", an activation or a loss."""
    inputs: tuple[int, ...]
    """Places of earlier modules."""
    values: Vector
    gradients: Vector | None = None
    """∂L/∂values, the sum of what comes back; None for inputs and targets, which are not to be changed."""
    flows: tuple[Vector | None, ...] = ()
    """What goes back along each edge; None towards inputs and targets."""
    tensors: dict[str, tuple[Vector, Vector]] = field(default_factory=dict)
    """Each parameter beside its gradient."""
    buffers: dict[str, Vector] = field(default_factory=dict)
    """Of batch norm: running_mean and running_var."""


Flows = tuple[Vector, ...]
Found = tuple[Flows, dict[str, tuple[Vector, Vector]]]
"""What a box hands on along each edge, and its parameters beside their gradients."""


def modules(network: Network, tensors: Tensors, inputs: Vector, targets: Vector) -> list[Module]:
    """tensors: parameters and buffers."""
    boxes = _Boxes(network, tensors)
    boxes.forward(inputs, targets)
    return boxes.backward()


class _Boxes:
    def __init__(self, network: Network, tensors: Tensors) -> None:
        self.network = network
        self.tensors = {name: values.astype(np.float64) for name, values in tensors.items()}
        self.boxes: list[Module] = []
        self.ways_back: list[Callable[[Vector], Found]] = []

    def forward(self, inputs: Vector, targets: Vector) -> None:
        last = self.add(Module("inputs", "inputs", (), inputs.astype(np.float64)), _nothing)
        for layer, stage in enumerate(self.network.stages):
            below, last = last, self.linear(layer, last)
            if stage.batch_norm:
                last = self.norm(layer, last)
            if stage.activation != "linear":
                last = self.activation(layer, last)
            if stage.residual:
                values = self.boxes[last].values + self.boxes[below].values
                last = self.add(Module(f"residual.{layer}", "residual", (last, below), values), lambda g: ((g, g), {}))
        compared = self.add(Module("targets", "targets", (), targets.astype(np.float64)), _nothing)
        self.loss(last, compared)

    def linear(self, layer: int, below: int) -> int:
        values = self.boxes[below].values
        weight, bias = self.tensors[f"layers.{layer}.weight"], self.tensors.get(f"layers.{layer}.bias")

        def back(gradient: Vector) -> Found:
            held = {"weight": (weight, np.outer(gradient, values))}
            if bias is not None:
                held["bias"] = (bias, gradient)
            return (gradient @ weight,), held

        z = weight @ values + (0 if bias is None else bias)
        return self.add(Module(f"layers.{layer}", "linear", (below,), z), back)

    def norm(self, layer: int, below: int) -> int:
        """n = γ·(z − mean)/√(variance + ε) + β"""
        gamma, beta, mean, variance = (
            self.tensors[f"norms.{layer}.{name}"] for name in ("weight", "bias", "running_mean", "running_var")
        )
        deviation = np.sqrt(variance + self.network.norm_epsilon)
        standard = (self.boxes[below].values - mean) / deviation

        def back(gradient: Vector) -> Found:
            return (gradient * gamma / deviation,), {"weight": (gamma, gradient * standard), "bias": (beta, gradient)}

        buffers = {"running_mean": mean, "running_var": variance}
        box = Module(f"norms.{layer}", "batch_norm", (below,), gamma * standard + beta, buffers=buffers)
        return self.add(box, back)

    def activation(self, layer: int, below: int) -> int:
        name, z = self.network.stages[layer].activation, self.boxes[below].values
        activation = activation_table(self.network.leaky_slope, self.network.elu_alpha)[name]
        a = activation.value(z).astype(np.float64)
        return self.add(
            Module(f"{name}.{layer}", name, (below,), a), lambda g: ((np.asarray(g * activation.slope(z, a)),), {})
        )

    def loss(self, outputs: int, compared: int) -> None:
        loss = make_loss(self.network.loss, self.network.reduction, self.network.huber_delta)
        o, y = self.boxes[outputs].values[np.newaxis], self.boxes[compared].values[np.newaxis]
        value = np.array([loss.value(o, y)])
        slope = loss.slope(o, y)[0]
        self.add(Module("L", self.network.loss, (outputs, compared), value), lambda g: ((g * slope, slope), {}))

    def add(self, box: Module, back: Callable[[Vector], Found]) -> int:
        self.boxes.append(box)
        self.ways_back.append(back)
        return len(self.boxes) - 1

    def backward(self) -> list[Module]:
        done = list(self.boxes)
        given = {len(done) - 1: np.ones(1)}
        for place in reversed(range(len(done))):
            box = done[place]
            if not box.inputs:
                continue
            gradient = given[place]
            flows, held = self.ways_back[place](gradient)
            kept = tuple(flow if done[to].inputs else None for flow, to in zip(flows, box.inputs, strict=True))
            done[place] = replace(box, gradients=gradient, flows=kept, tensors=held)
            for flow, to in zip(kept, box.inputs, strict=True):
                if flow is not None:
                    given[to] = given[to] + flow if to in given else flow
        return done


def _nothing(_: Vector) -> Found:
    return (), {}
