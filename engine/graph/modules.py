"""A network and one sample as modules: the output vector of each module and the gradient that reaches it.

The computation of `engine.graph.network_graph` layer by layer, in float64: forward through all modules, then backward,
each module passing gradients to its inputs.
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
    """One module with its output and gradients."""

    name: str
    """As in PyTorch, such as layers.0; else its kind."""
    kind: str
    """"inputs", "targets", "linear", "batch_norm", "residual", an activation or a loss."""
    inputs: tuple[int, ...]
    """Indices of earlier modules."""
    values: Vector
    """Its output."""
    gradients: Vector | None = None
    """∂L/∂values, the sum over all users; None for inputs and targets."""
    flows: tuple[Vector | None, ...] = ()
    """The gradient passed to each input; None for inputs and targets."""
    tensors: dict[str, tuple[Vector, Vector]] = field(default_factory=dict)
    """Name of each parameter → its values and gradient."""
    buffers: dict[str, Vector] = field(default_factory=dict)
    """Of batch norm: running_mean and running_var."""


Flows = tuple[Vector, ...]
BackwardResult = tuple[Flows, dict[str, tuple[Vector, Vector]]]
"""The gradient for each input, and the parameters with their gradients."""


def network_modules(network: Network, tensors: Tensors, inputs: Vector, targets: Vector) -> list[Module]:
    """The modules of a network for one sample, after a forward and a backward pass. tensors: parameters and buffers."""
    passes = _ForwardBackward(network, tensors)
    passes.forward(inputs, targets)
    return passes.backward()


class _ForwardBackward:
    def __init__(self, network: Network, tensors: Tensors) -> None:
        self.network = network
        self.tensors = {name: values.astype(np.float64) for name, values in tensors.items()}
        self.modules: list[Module] = []
        self.backward_functions: list[Callable[[Vector], BackwardResult]] = []

    def forward(self, inputs: Vector, targets: Vector) -> None:
        last = self.add(Module("inputs", "inputs", (), inputs.astype(np.float64)), _no_backward)
        for layer, stage in enumerate(self.network.stages):
            below, last = last, self.linear(layer, last)
            if stage.batch_norm:
                last = self.norm(layer, last)
            if stage.activation != "linear":
                last = self.activation(layer, last)
            if stage.residual:
                values = self.modules[last].values + self.modules[below].values
                last = self.add(Module(f"residual.{layer}", "residual", (last, below), values), lambda g: ((g, g), {}))
        target = self.add(Module("targets", "targets", (), targets.astype(np.float64)), _no_backward)
        self.loss(last, target)

    def linear(self, layer: int, below: int) -> int:
        values = self.modules[below].values
        weight, bias = self.tensors[f"layers.{layer}.weight"], self.tensors.get(f"layers.{layer}.bias")

        def backward(gradient: Vector) -> BackwardResult:
            parameters = {"weight": (weight, np.outer(gradient, values))}
            if bias is not None:
                parameters["bias"] = (bias, gradient)
            return (gradient @ weight,), parameters

        z = weight @ values + (0 if bias is None else bias)
        return self.add(Module(f"layers.{layer}", "linear", (below,), z), backward)

    def norm(self, layer: int, below: int) -> int:
        """n = γ·(z − mean)/√(variance + ε) + β"""
        gamma, beta, mean, variance = (
            self.tensors[f"norms.{layer}.{name}"] for name in ("weight", "bias", "running_mean", "running_var")
        )
        deviation = np.sqrt(variance + self.network.norm_epsilon)
        normalized = (self.modules[below].values - mean) / deviation

        def backward(gradient: Vector) -> BackwardResult:
            return (gradient * gamma / deviation,), {"weight": (gamma, gradient * normalized), "bias": (beta, gradient)}

        buffers = {"running_mean": mean, "running_var": variance}
        module = Module(f"norms.{layer}", "batch_norm", (below,), gamma * normalized + beta, buffers=buffers)
        return self.add(module, backward)

    def activation(self, layer: int, below: int) -> int:
        name, z = self.network.stages[layer].activation, self.modules[below].values
        activation = activation_table(self.network.leaky_slope, self.network.elu_alpha)[name]
        a = activation.value(z).astype(np.float64)
        return self.add(
            Module(f"{name}.{layer}", name, (below,), a), lambda g: ((np.asarray(g * activation.slope(z, a)),), {})
        )

    def loss(self, outputs: int, target: int) -> None:
        loss = make_loss(self.network.loss, self.network.reduction, self.network.huber_delta)
        o, y = self.modules[outputs].values[np.newaxis], self.modules[target].values[np.newaxis]
        value = np.array([loss.value(o, y)])
        slope = loss.slope(o, y)[0]
        self.add(Module("L", self.network.loss, (outputs, target), value), lambda g: ((g * slope, slope), {}))

    def add(self, module: Module, backward: Callable[[Vector], BackwardResult]) -> int:
        self.modules.append(module)
        self.backward_functions.append(backward)
        return len(self.modules) - 1

    def backward(self) -> list[Module]:
        modules = list(self.modules)
        gradients = {len(modules) - 1: np.ones(1)}
        for index in reversed(range(len(modules))):
            module = modules[index]
            if not module.inputs:
                continue
            gradient = gradients[index]
            all_flows, parameters = self.backward_functions[index](gradient)
            flows = tuple(
                flow if modules[source].inputs else None for flow, source in zip(all_flows, module.inputs, strict=True)
            )
            modules[index] = replace(module, gradients=gradient, flows=flows, tensors=parameters)
            for flow, source in zip(flows, module.inputs, strict=True):
                if flow is not None:
                    gradients[source] = gradients[source] + flow if source in gradients else flow
        return modules


def _no_backward(_: Vector) -> BackwardResult:
    return (), {}
