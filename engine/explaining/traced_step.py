"""TracedStep: one training step with all its intermediate values, as the hand-written backend computes it.

It is computed from a State and leaves the run alone: from the current State it is the next step, from the State before
the last step it is the last one again.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.backends.bugs import by_hand_with
from engine.backends.by_hand import BatchPass, Update
from engine.nn.activations import Activation, activation_table
from engine.nn.losses import Loss
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import Rule
from engine.spec.choices import BugName
from engine.spec.spec import Spec


@dataclass(frozen=True)
class TracedStep:
    spec: Spec
    network: Network
    before: State
    batch_pass: BatchPass
    update: Update | None
    """None where the step cannot be taken, because loss or gradient are not finite or too large"""
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
    ) -> "TracedStep":
        """The step from `before` on, for the whole training set (n, inputs) and (n, outputs), with a bug or without."""
        hand = by_hand_with(bug)(spec, network, inputs, targets)
        hand.load(before)
        with np.errstate(over="ignore", invalid="ignore"):  # beyond the limits there is no update
            batch_pass = hand.batch_pass()
            update = hand.compute_update(batch_pass.total_gradient) if batch_pass.within_limits else None
        return cls(
            spec,
            network,
            before,
            batch_pass,
            update,
            inputs[batch_pass.batch],
            targets[batch_pass.batch],
            hand.loss,
            hand.optimizer,
            bug,
        )

    @property
    def batch(self) -> NDArray[np.int64]:
        """Which training samples are in it, (n,)."""
        return self.batch_pass.batch

    @property
    def t(self) -> int:
        """The number of the step for the optimizer, from 1, of those that use its memory."""
        return self.before.optimizer_steps + 1

    @cached_property
    def tensors(self) -> dict[str, Array]:
        """Parameters before the step, by name."""
        return self.network.views(self.before.parameters)

    @cached_property
    def weighted_sums(self) -> list[Array]:
        """z = W·a + b of every layer, (n, outputs)."""
        sums = []
        for layer, cache in enumerate(self.batch_pass.forward):
            z = cache.below @ self.tensors[f"layers.{layer}.weight"].T
            sums.append(z + self.tensors[f"layers.{layer}.bias"] if self.network.biases else z)
        return sums

    def activation(self, layer: int) -> Activation:
        table = activation_table(self.network.leaky_slope, self.network.elu_alpha)
        return table[self.network.stages[layer].activation]

    def of_tensor(self, flat: Array, name: str) -> Array:
        """The part of a flat vector (count,) that is a tensor's, in its shape."""
        return flat[self.network.slices[name]].reshape(self.network.shapes[name])
