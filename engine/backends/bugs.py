"""Planted bugs: the hand-written backend with one fault each, as people make them, to be trained with and found.

Each is the right backend with one method replaced, so that what differs is what is wrong, and nothing else.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from engine.backends.by_hand import ByHand, Look, Move, Norm, Passed, Sent
from engine.nn.activations import Activation, Floats
from engine.nn.network import Array, Network, State, is_weight
from engine.nn.optimizers import Adam, Memory, Rule
from engine.spec.choices import BugName, OptimizerName
from engine.spec.spec import Spec

NO_GRADIENT: frozenset[OptimizerName] = frozenset({"perceptron", "evolution"})
"""They have no backward pass that a bug could sit in."""
LEFT_OVER = "left_over"
"""Name of what a gradient that is not cleared leaves behind, among the memory of the rule."""


class ForgottenSlope(ByHand):
    """∂L/∂n = ∂L/∂h: the factor ∂h/∂n of the chain is left out."""

    def backward(self, passed: list[Passed], targets: Array) -> tuple[list[Sent], Array]:
        right = self.activation
        self.activation = {
            name: Activation(one.value, slope=lambda z, _a: np.ones_like(z)) for name, one in right.items()
        }
        try:
            return super().backward(passed, targets)
        finally:
            self.activation = right


class TransposedWeight(ByHand):
    """∂L/∂a = Wᵀ·δ with W read as if it were stored (in, out) instead of (out, in)."""

    def backward(self, passed: list[Passed], targets: Array) -> tuple[list[Sent], Array]:
        right = self.state_now.parameters
        wrong = right.copy()
        for name, view in self.network.views(wrong).items():
            if is_weight(name):
                view[:] = view.reshape(view.shape[::-1]).T.copy()
        self.state_now.parameters = wrong
        try:
            return super().backward(passed, targets)
        finally:
            self.state_now.parameters = right


class MeanForSum(ByHand):
    """∂L/∂b as the mean of δ over the batch, whose share of 1/n is in δ already."""

    def backward(self, passed: list[Passed], targets: Array) -> tuple[list[Sent], Array]:
        sent, gradient = super().backward(passed, targets)
        for name, view in self.network.views(gradient).items():
            if name.startswith("layers.") and name.endswith(".bias"):
                view /= len(targets)
        return sent, gradient


class GradientNotCleared(ByHand):
    """Every step adds its gradient to that of all the steps before it."""

    def load(self, state: State) -> None:
        super().load(state)
        self.state_now.memory.setdefault(LEFT_OVER, np.zeros_like(self.state_now.parameters))

    def configure(self, spec: Spec) -> None:
        left_over = self.state_now.memory[LEFT_OVER]
        super().configure(spec)
        self.state_now.memory[LEFT_OVER] = left_over

    def look(self) -> Look:
        look = super().look()
        return replace(look, gradient=self.state_now.memory[LEFT_OVER] + look.gradient)

    def take(self, look: Look, move: Move) -> None:
        super().take(look, move)
        self.state_now.memory[LEFT_OVER] = look.gradient


class Uncorrected(Adam):
    """Adam with m̂ = m and v̂ = v."""

    def step(self, param: Array, grad: Array, memory: Memory, rate: float, t: int) -> tuple[Array, Memory]:
        _, after = super().step(param, grad, memory, rate, t)
        v = after["v_max"] if self.amsgrad else after["v"]
        root: Array = np.sqrt(v)
        return param - rate * after["m"] / (root + self.epsilon), after


class Multiplied(Adam):
    """Adam with m̂ = m·(1 − β₁ᵗ) and v̂ = v·(1 − β₂ᵗ)."""

    def step(self, param: Array, grad: Array, memory: Memory, rate: float, t: int) -> tuple[Array, Memory]:
        _, after = super().step(param, grad, memory, rate, t)
        m_hat = after["m"] * (1 - math.pow(self.beta1, t))
        v_hat = (after["v_max"] if self.amsgrad else after["v"]) * (1 - math.pow(self.beta2, t))
        root: Array = np.sqrt(v_hat)
        return param - rate * m_hat / (root + self.epsilon), after


class AdamUncorrected(ByHand):
    """Moments that start at 0 are not corrected for it, so that first steps come out wrong."""

    def rule(self, spec: Spec) -> Rule:
        return Uncorrected.of(spec, self.network)


class AdamMultiplied(ByHand):
    """Multiplies by the bias corrections where it should divide, as a library of the browser did."""

    def rule(self, spec: Spec) -> Rule:
        return Multiplied.of(spec, self.network)


class AdamWGradient(ByHand):
    """w ← w − η·g stands where w ← w − η·λ·w belongs, and so every step is Adam's and SGD's together."""

    def move(self, gradient: Array) -> Move:
        right = super().move(gradient)
        shrunk = self.state_now.parameters - right.rate * right.gradient
        return replace(right, shrunk=shrunk, parameters=shrunk + (right.parameters - right.shrunk))


class NormConstant(ByHand):
    """Takes the batch's mean and deviation for constants, though every z moves them."""

    def backward_norm(self, norm: Norm, d_standard: Floats) -> Floats:
        return d_standard / norm.deviation


class DropoutOneWay(ByHand):
    """Drops on the way forward and not on the way back."""

    def backward(self, passed: list[Passed], targets: Array) -> tuple[list[Sent], Array]:
        return super().backward([replace(values, kept=None) for values in passed], targets)


@dataclass(frozen=True)
class Bug:
    hand: type[ByHand]
    rules: tuple[OptimizerName, ...] = ()
    """The only optimizers it can sit in; none: any that goes down a gradient. The first is one to choose."""


BUGS: dict[BugName, Bug] = {
    "forgotten_slope": Bug(ForgottenSlope),
    "transposed_weight": Bug(TransposedWeight),
    "mean_for_sum": Bug(MeanForSum),
    "gradient_not_cleared": Bug(GradientNotCleared),
    "adam_uncorrected": Bug(AdamUncorrected, ("adam", "adamw")),
    "adam_multiplied": Bug(AdamMultiplied, ("adam", "adamw")),
    "adamw_gradient": Bug(AdamWGradient, ("adamw",)),
    "norm_constant": Bug(NormConstant),
    "dropout_one_way": Bug(DropoutOneWay),
}
"""One entry per BugName."""


def hand_with(bug: BugName | None) -> type[ByHand]:
    """The hand-written backend with a bug in it, or the right one."""
    return ByHand if bug is None else BUGS[bug].hand


def has_place(bug: BugName, spec: Spec) -> bool:
    """Whether a step of this experiment runs through the wrong line at all, its optimizer left aside."""
    network = Network.of(spec)
    if bug == "forgotten_slope":
        return any(stage.activation != "linear" for stage in network.stages)
    if bug == "transposed_weight":  # a row or a column is the same numbers either way
        return any(min(stage.inputs, stage.outputs) > 1 for stage in network.stages[1:])
    if bug == "mean_for_sum":
        return network.biases and spec.batch_size != 1
    if bug == "norm_constant":
        return any(stage.batch_norm for stage in network.stages)
    if bug == "dropout_one_way":
        return any(stage.dropout for stage in network.stages)
    return True


def goes_with(bug: BugName, optimizer: OptimizerName) -> bool:
    """Whether it can sit in a run of this optimizer."""
    return optimizer not in NO_GRADIENT and (not BUGS[bug].rules or optimizer in BUGS[bug].rules)


def without_traces(state: State) -> State:
    """The same place of a run as the right backend would stand there."""
    memory = {name: values for name, values in state.memory.items() if name != LEFT_OVER}
    return replace(state, memory=memory)
