"""TracedStep: one training step with all its intermediate values.

What single samples contribute is computed by hand. The sums over the batch, which are the gradient, and what the rule
makes of them are those of the backend that trains, which takes the step itself: another order of summation may leave
another rounding, and a rule such as Adam makes whole steps of it where a gradient cancels.

It is computed from a State and leaves the run alone: from the current State it is the next step, from the State before
the last step it is the last one again.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.backends import MakeBackend, make_backend
from engine.backends.bugs import by_hand_with
from engine.backends.by_hand import BatchPass, ByHand, Update
from engine.nn.activations import Activation, activation_table
from engine.nn.losses import Loss
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import Rule
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec


@dataclass(frozen=True)
class TracedStep:
    spec: Spec
    network: Network
    before: State
    batch_pass: BatchPass
    """By hand"""
    gradient: Array
    """Of the data alone, (count,), by the backend that trains"""
    total_gradient: Array
    """With penalties"""
    update: Update | None
    """What the backend that trains made of it; None where the step cannot be taken, because something in it is not
    finite or too large"""
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
        backend: BackendName = "by_hand",
        bug: BugName | None = None,
        make_backend: MakeBackend = make_backend,
    ) -> "TracedStep":
        """The step from `before` on, for the whole training set (n, inputs) and (n, outputs), by the backend that
        trains, or by hand with a bug."""
        hand = by_hand_with(bug)(spec, network, inputs, targets)
        hand.load(before)
        with np.errstate(over="ignore", invalid="ignore"):  # beyond the limits there is no update
            batch_pass = hand.batch_pass()
            gradient, total = batch_pass.gradient, batch_pass.total_gradient
            update = hand.allowed_update(batch_pass)
        if bug is None and backend != "by_hand" and update is not None:
            gradient, total, update = _taken_by(make_backend, backend, hand, update)
        return cls(
            spec,
            network,
            before,
            batch_pass,
            gradient,
            total,
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
        with np.errstate(over="ignore", invalid="ignore"):
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


def _taken_by(
    make_backend: MakeBackend, backend: BackendName, hand: ByHand, by_hand: Update
) -> tuple[Array, Array, Update | None]:
    """The gradient of the data, that with penalties, and the update, all by that backend.

    A backend keeps the gradient that its rule was given. The two before it are those of steps without clipping and
    without penalties, which enter into nothing else.
    """
    spec, before = hand.spec, hand.state_now
    engine = make_backend(backend, spec, hand.network, hand.inputs, hand.targets)

    def gradient_with(taken: Spec) -> Array:
        engine.configure(taken)
        engine.load(replace(before, diverged=None))
        engine.advance(1)
        return engine.last_gradient()

    unclipped = spec.changed(clip="none")
    alone = unclipped.changed(l1=0, l2=0)
    gradient = gradient_with(alone)
    total = gradient if unclipped == alone else gradient_with(unclipped)
    given = total if spec == unclipped else gradient_with(spec)
    after = engine.state()
    if after.diverged is not None:
        return gradient, total, None
    return (
        gradient,
        total,
        replace(by_hand, gradient=given, parameters=after.parameters, optimizer_state=after.optimizer_state),
    )
