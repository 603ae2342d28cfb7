"""Network: the shapes of a stack of linear layers, and where each tensor lies in one flat vector of parameters.

State: everything of a run that changes while it trains. Neither computes anything: `engine.backends` does.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.spec import ActivationName, LossName, Spec

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """a⁰ = inputs;  zˡ = Wˡ·aˡ⁻¹ + bˡ;  aˡ = activationˡ(zˡ)

    The flat vector holds, as PyTorch orders them, layers.0.weight (out, in) row by row, layers.0.bias (out,),
    layers.1.weight, … The last layer is the output.
    """

    sizes: tuple[int, ...]
    """Inputs, hidden widths, outputs."""
    activations: tuple[ActivationName, ...]
    """One per linear layer, the output's last."""
    loss: LossName

    @classmethod
    def of(cls, spec: Spec, inputs: int, outputs: int) -> Self:
        """The network of a Spec between so many input columns and outputs."""
        return cls(
            sizes=(inputs, *(layer.width for layer in spec.hidden), outputs),
            activations=(*(layer.activation or spec.activation for layer in spec.hidden), spec.output_activation),
            loss=spec.loss,
        )

    @property
    def layers(self) -> int:
        """How many linear layers there are, the output's among them."""
        return len(self.sizes) - 1

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name of each tensor → its shape, in the order of the flat vector."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(self.layers):
            fan_in, fan_out = self.sizes[layer], self.sizes[layer + 1]
            shapes[f"layers.{layer}.weight"] = (fan_out, fan_in)
            shapes[f"layers.{layer}.bias"] = (fan_out,)
        return shapes

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.shapes)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Name of each tensor → its place in the flat vector."""
        slices, start = {}, 0
        for name, shape in self.shapes.items():
            slices[name] = slice(start, start + math.prod(shape))
            start = slices[name].stop
        return slices

    @cached_property
    def count(self) -> int:
        """Number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @cached_property
    def is_weight(self) -> NDArray[np.bool_]:
        """(count,): True for weights, False for biases. Penalties apply to weights only."""
        mask = np.zeros(self.count, dtype=np.bool_)
        for name, place in self.slices.items():
            mask[place] = name.endswith(".weight")
        return mask

    def views(self, flat: Array) -> dict[str, Array]:
        """Each tensor by name, as a view into the flat vector (count,): writing to one writes to the other."""
        return {name: flat[self.slices[name]].reshape(shape) for name, shape in self.shapes.items()}


@dataclass
class State:
    """Where a run stands. With the Spec and the training set it determines everything that follows."""

    parameters: Array
    """(count,)"""
    memory: dict[str, Array]
    """What the optimizer remembers, by name, each (count,)."""
    updates: Array
    """(count,): the last step's new − old parameters; zeros before the first step."""
    step: int = 0
    epoch: int = 0
    """Finished epochs."""
    cursor: int = 0
    """Samples of this epoch's order already taken."""
    optimizer_steps: int = 0
    """Steps of this optimizer, the t of a bias correction; starts at 0 again when the optimizer changes."""
    diverged: int | None = None
    """The step that could not be taken because its loss or gradient was not finite or beyond spec.DIVERGENCE."""

    def copy(self) -> "State":
        return replace(
            self,
            parameters=self.parameters.copy(),
            memory={name: values.copy() for name, values in self.memory.items()},
            updates=self.updates.copy(),
        )
