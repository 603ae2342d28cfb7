"""OpenStep: one training step with everything it computes on the way, as the hand-written backend computes it.

Made from where a run stands, it changes nothing there: it is the step that would come next, or, from the position
before the last step, the one that was taken.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.backends.bugs import hand_with
from engine.backends.by_hand import Look, Move
from engine.nn.activations import Activation, activation_table
from engine.nn.losses import Loss
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import Rule
from engine.spec.choices import BugName
from engine.spec.spec import Spec


@dataclass(frozen=True)
class OpenStep:
    spec: Spec
    network: Network
    before: State
    look: Look
    move: Move | None
    """None where the step cannot be taken, because the loss or a gradient is not finite or too large."""
    inputs: Array
    """Of the batch, (n, inputs)"""
    targets: Array
    """Of the batch, (n, outputs)"""
    loss: Loss
    rule: Rule
    bug: BugName | None = None

    @classmethod
    def of(
        cls,
        spec: Spec,
        network: Network,
        before: State,
        inputs: Array,
        targets: Array,
        bug: BugName | None = None,
    ) -> "OpenStep":
        """The step from `before` on, for the whole training set (n, inputs) and (n, outputs), with a bug or without."""
        hand = hand_with(bug)(spec, network, inputs, targets)
        hand.load(before)
        with np.errstate(over="ignore", invalid="ignore"):  # a look that is not sound is not followed
            look = hand.look()
            move = hand.move(look.whole) if look.sound else None
        return cls(
            spec, network, before, look, move, inputs[look.batch], targets[look.batch], hand.loss, hand.optimizer, bug
        )

    @property
    def batch(self) -> NDArray[np.int64]:
        """Which training samples are in it, (n,)."""
        return self.look.batch

    @property
    def t(self) -> int:
        """The number of the step for the optimizer, from 1."""
        return self.before.optimizer_steps + 1

    @cached_property
    def tensors(self) -> dict[str, Array]:
        """Parameters before the step, by name."""
        return self.network.views(self.before.parameters)

    @cached_property
    def weighted(self) -> list[Array]:
        """z = W·a + b of every layer, (n, outputs)."""
        sums = []
        for layer, passed in enumerate(self.look.passed):
            z = passed.below @ self.tensors[f"layers.{layer}.weight"].T
            sums.append(z + self.tensors[f"layers.{layer}.bias"] if self.network.biases else z)
        return sums

    def activation(self, layer: int) -> Activation:
        table = activation_table(self.network.leaky_slope, self.network.elu_alpha)
        return table[self.network.stages[layer].activation]

    def of_tensor(self, flat: Array, name: str) -> Array:
        """The part of a flat vector (count,) that is a tensor's, in its shape."""
        return flat[self.network.slices[name]].reshape(self.network.shapes[name])
