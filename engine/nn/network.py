"""Network: the shapes of a stack of linear layers, and where each tensor lies in one flat vector of parameters.

State: everything of a run that changes while it trains. Neither computes anything: `engine.backends` does.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.spec.choices import ActivationName, LossName, ReductionName
from engine.spec.spec import DIVERGENCE, Spec

Array = NDArray[np.float32]
Number = TypeVar("Number", bound=np.floating[Any])


@dataclass(frozen=True)
class Stage:
    """One linear layer and what follows it: z = W·a + b;  n = norm(z);  h = dropout(activation(n));  out = h (+ a)"""

    inputs: int
    outputs: int
    activation: ActivationName
    dropout: float = 0
    batch_norm: bool = False
    residual: bool = False


@dataclass(frozen=True)
class Network:
    """a⁰ = inputs;  aˡ = stageˡ(aˡ⁻¹); the last stage is the output and is linear and activation alone.

    The flat vector holds, layer by layer, as PyTorch orders them, layers.0.weight (out, in) row by row, layers.0.bias
    (out,), and where the layer has batch norm norms.0.weight γ (out,) and norms.0.bias β (out,). Without biases no
    layer has one; norms keep their β. Buffers, which no gradient reaches, are norms.0.running_mean (out,),
    norms.0.running_var (out,), … in a flat vector of their own.
    """

    stages: tuple[Stage, ...]
    loss: LossName
    reduction: ReductionName = "mean"
    huber_delta: float = 1
    biases: bool = True
    leaky_slope: float = 0.01
    elu_alpha: float = 1
    norm_momentum: float = 0.1
    norm_epsilon: float = 1e-5

    @classmethod
    def of(cls, spec: Spec) -> Self:
        """The network of a Spec."""
        layers = (
            *((layer.width, layer.activation or spec.activation, layer) for layer in spec.hidden),
            (spec.outputs, spec.last_activation, None),
        )
        stages, below = [], spec.inputs
        for width, activation, layer in layers:
            extras = (layer.dropout, layer.batch_norm, layer.residual) if layer else ()
            stages.append(Stage(below, width, activation, *extras))
            below = width
        return cls(
            stages=tuple(stages),
            loss=spec.loss,
            reduction=spec.reduction,
            huber_delta=spec.huber_delta,
            biases=spec.biases,
            leaky_slope=spec.leaky_slope,
            elu_alpha=spec.elu_alpha,
            norm_momentum=spec.norm_momentum,
            norm_epsilon=spec.norm_epsilon,
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden widths, outputs."""
        return (self.stages[0].inputs, *(stage.outputs for stage in self.stages))

    @property
    def activations(self) -> tuple[ActivationName, ...]:
        """One per linear layer, the output's last."""
        return tuple(stage.activation for stage in self.stages)

    @property
    def layers(self) -> int:
        """How many linear layers there are, the output's among them."""
        return len(self.stages)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name of each tensor → its shape, in the order of the flat vector."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, stage in enumerate(self.stages):
            shapes[f"layers.{layer}.weight"] = (stage.outputs, stage.inputs)
            if self.biases:
                shapes[f"layers.{layer}.bias"] = (stage.outputs,)
            if stage.batch_norm:
                shapes[f"norms.{layer}.weight"] = shapes[f"norms.{layer}.bias"] = (stage.outputs,)
        return shapes

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.shapes)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Name of each tensor → its place in the flat vector."""
        return _slices(self.shapes)

    @cached_property
    def count(self) -> int:
        """Number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @cached_property
    def is_weight(self) -> NDArray[np.bool_]:
        """(count,): True for weights of linear layers. Penalties apply to these only."""
        mask = np.zeros(self.count, dtype=np.bool_)
        for name, place in self.slices.items():
            mask[place] = is_weight(name)
        return mask

    def views(self, flat: NDArray[Number]) -> dict[str, NDArray[Number]]:
        """Each tensor by name, as a view into the flat vector (count,): writing to one writes to the other."""
        return {name: flat[self.slices[name]].reshape(shape) for name, shape in self.shapes.items()}

    @cached_property
    def buffer_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name of each buffer → its shape, in the order of the vector of buffers."""
        return {
            f"norms.{layer}.{name}": (stage.outputs,)
            for layer, stage in enumerate(self.stages)
            if stage.batch_norm
            for name in ("running_mean", "running_var")
        }

    def buffer_views(self, buffers: Array) -> dict[str, Array]:
        """Each buffer by name, as a view into their vector."""
        places = _slices(self.buffer_shapes)
        return {name: buffers[place] for name, place in places.items()}

    @cached_property
    def buffer_limits(self) -> NDArray[np.float64]:
        """The largest size of each number of the vector of buffers: that of a variance is DIVERGENCE²."""
        sizes = [
            np.full(shape, DIVERGENCE**2 if name.endswith("running_var") else DIVERGENCE)
            for name, shape in self.buffer_shapes.items()
        ]
        return np.concatenate([np.zeros(0), *sizes])

    def fresh_buffers(self) -> Array:
        """Running means of 0 and variances of 1."""
        buffers = np.zeros(sum(math.prod(shape) for shape in self.buffer_shapes.values()), dtype=np.float32)
        for name, view in self.buffer_views(buffers).items():
            view[:] = name.endswith("running_var")
        return buffers


def is_weight(name: str) -> bool:
    """Whether a tensor is the weight of a linear layer."""
    return name.startswith("layers.") and name.endswith(".weight")


def _slices(shapes: dict[str, tuple[int, ...]]) -> dict[str, slice]:
    slices, start = {}, 0
    for name, shape in shapes.items():
        slices[name] = slice(start, start + math.prod(shape))
        start = slices[name].stop
    return slices


class Progress(NamedTuple):
    """The numbers of a State that are no tensors, each as it is there."""

    step: int
    epoch: int
    cursor: int
    optimizer_steps: int
    samples: int
    loss_sum: float
    epoch_loss: float | None
    diverged: int | None


@dataclass
class State:
    """Where a run stands. With the Spec and the training set it determines everything that follows."""

    parameters: Array
    """(count,)"""
    optimizer_state: dict[str, Array]
    """What the optimizer remembers, by name, each (count,)."""
    updates: Array
    """(count,): the last step's new − old parameters; zeros before the first step."""
    buffers: Array
    """Running means and variances, as `Network.buffer_shapes` orders them."""
    step: int = 0
    epoch: int = 0
    """Finished epochs."""
    cursor: int = 0
    """Samples of this epoch's order already taken."""
    optimizer_steps: int = 0
    """Steps of this optimizer that used its memory, all but those with momentum 0; the t of a bias correction. Starts
    at 0 again when the optimizer changes."""
    samples: int = 0
    """Samples sent forward in order to learn: one for each sample of a batch, and for each copy evolution tries."""
    loss_sum: float = 0.0
    """Of this epoch's batches so far, each batch loss times its samples; times 1 where losses are summed."""
    epoch_loss: float | None = None
    """loss_sum of the last finished epoch, over its samples where losses are means: the loss as training saw it."""
    diverged: int | None = None
    """The step that was not taken because something in it was not finite or beyond spec.DIVERGENCE."""

    @classmethod
    def start(cls, network: Network, parameters: Array, optimizer_state: dict[str, Array]) -> Self:
        """Before the first step."""
        return cls(parameters, optimizer_state, updates=np.zeros_like(parameters), buffers=network.fresh_buffers())

    @property
    def progress(self) -> Progress:
        return Progress(*(getattr(self, name) for name in Progress._fields))

    def copy(self) -> "State":
        return replace(
            self,
            parameters=self.parameters.copy(),
            optimizer_state={name: values.copy() for name, values in self.optimizer_state.items()},
            updates=self.updates.copy(),
            buffers=self.buffers.copy(),
        )
