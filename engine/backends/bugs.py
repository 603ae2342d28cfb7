"""Planted bugs: the hand-written backend with one typical error each, to be trained with and found.

Each is a subclass that replaces one method, so that nothing but the error differs.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from engine.backends.by_hand import BackwardCache, BatchPass, ByHand, ForwardCache, NormCache, Update
from engine.nn.activations import Floats
from engine.nn.network import Array, Network, State, is_weight
from engine.nn.optimizers import Adam, OptState, Rule
from engine.spec.choices import BugName, OptimizerName
from engine.spec.spec import Spec

GRADIENT_FREE: frozenset[OptimizerName] = frozenset({"perceptron", "evolution"})
"""Optimizers without a backward pass, in which no bug can be planted."""
ACCUMULATED_GRADIENT = "accumulated_gradient"
"""Name, in the optimizer's state, of the gradient that was not cleared."""


class ForgottenSlope(ByHand):
    """∂L/∂n = ∂L/∂h: without the factor ∂h/∂n of the chain rule."""

    def backward(self, caches: list[ForwardCache], targets: Array) -> tuple[list[BackwardCache], Array]:
        correct = self.activation
        self.activation = {name: replace(one, slope=lambda z, _a: np.ones_like(z)) for name, one in correct.items()}
        try:
            return super().backward(caches, targets)
        finally:
            self.activation = correct


class ForgottenTwo(ByHand):
    """∂L/∂o = (o − y)/n of the mean of (o − y)²: without the 2 that comes down from the square."""

    def backward(self, caches: list[ForwardCache], targets: Array) -> tuple[list[BackwardCache], Array]:
        correct = self.loss
        if self.network.loss == "mse":
            self.loss = replace(correct, slopes=lambda o, y: o - y)
        try:
            return super().backward(caches, targets)
        finally:
            self.loss = correct


class TransposedWeight(ByHand):
    """∂L/∂a = Wᵀ·δ with W read as if it were stored (in, out) instead of (out, in)."""

    def backward(self, caches: list[ForwardCache], targets: Array) -> tuple[list[BackwardCache], Array]:
        correct = self.state_now.parameters
        wrong = correct.copy()
        for name, view in self.network.views(wrong).items():
            if is_weight(name):
                view[:] = view.reshape(view.shape[::-1]).T.copy()
        self.state_now.parameters = wrong
        try:
            return super().backward(caches, targets)
        finally:
            self.state_now.parameters = correct


class MeanForSum(ByHand):
    """∂L/∂b as the mean of δ over the batch, whose share of 1/n is in δ already."""

    def backward(self, caches: list[ForwardCache], targets: Array) -> tuple[list[BackwardCache], Array]:
        backward_caches, gradient = super().backward(caches, targets)
        for name, view in self.network.views(gradient).items():
            if name.startswith("layers.") and name.endswith(".bias"):
                view /= len(targets)
        return backward_caches, gradient


class GradientNotCleared(ByHand):
    """Every step adds its gradient to that of all the steps before it."""

    def load(self, state: State) -> None:
        super().load(state)
        self.state_now.optimizer_state.setdefault(ACCUMULATED_GRADIENT, np.zeros_like(self.state_now.parameters))

    def configure(self, spec: Spec) -> None:
        accumulated = self.state_now.optimizer_state[ACCUMULATED_GRADIENT]
        super().configure(spec)
        self.state_now.optimizer_state[ACCUMULATED_GRADIENT] = accumulated

    def batch_pass(self) -> BatchPass:
        batch_pass = super().batch_pass()
        return replace(batch_pass, gradient=self.state_now.optimizer_state[ACCUMULATED_GRADIENT] + batch_pass.gradient)

    def apply_update(self, batch_pass: BatchPass, move: Update) -> None:
        super().apply_update(batch_pass, move)
        self.state_now.optimizer_state[ACCUMULATED_GRADIENT] = batch_pass.gradient


class UncorrectedAdam(Adam):
    """Adam with m̂ = m and v̂ = v."""

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        _, new_state = super().step(param, grad, state, rate, t)
        v = new_state["v_max"] if self.amsgrad else new_state["v"]
        root: Array = np.sqrt(v)
        return param - rate * new_state["m"] / (root + self.epsilon), new_state


class MultipliedAdam(Adam):
    """Adam with m̂ = m·(1 − β₁ᵗ) and v̂ = v·(1 − β₂ᵗ)."""

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        _, new_state = super().step(param, grad, state, rate, t)
        m_hat = new_state["m"] * (1 - math.pow(self.beta1, t))
        v_hat = (new_state["v_max"] if self.amsgrad else new_state["v"]) * (1 - math.pow(self.beta2, t))
        root: Array = np.sqrt(v_hat)
        return param - rate * m_hat / (root + self.epsilon), new_state


class StaleAdam(Adam):
    """Adam that reads m and v before it updates them: the first step moves nothing, every later one is a step late."""

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        _, new_state = super().step(param, grad, state, rate, t)
        m_hat = state["m"] / (1 - math.pow(self.beta1, t))
        v_hat = (state["v_max"] if self.amsgrad else state["v"]) / (1 - math.pow(self.beta2, t))
        root: Array = np.sqrt(v_hat)
        return param - rate * m_hat / (root + self.epsilon), new_state


class AdamUncorrected(ByHand):
    """No bias correction of the moments, which start at 0: the first steps are wrong."""

    def rule(self, spec: Spec) -> Rule:
        return UncorrectedAdam.of(spec, self.network)


class AdamMultiplied(ByHand):
    """Multiplies by the bias corrections where it should divide, as a library of the browser did."""

    def rule(self, spec: Spec) -> Rule:
        return MultipliedAdam.of(spec, self.network)


class AdamStale(ByHand):
    """Steps by the moments as they were before this gradient."""

    def rule(self, spec: Spec) -> Rule:
        return StaleAdam.of(spec, self.network)


class AdamWGradient(ByHand):
    """w ← w − η·g in place of the decay w ← w − η·λ·w, so that every step is Adam's and SGD's together."""

    def compute_update(self, gradient: Array) -> Update:
        update = super().compute_update(gradient)
        decayed = self.state_now.parameters - update.rate * update.gradient
        return replace(update, decayed=decayed, parameters=decayed + (update.parameters - update.decayed))


class StopOnBatches(ByHand):
    """After every mini-batch the stop rules get its loss, where they should get the mean of an epoch at its end."""

    def finish_batch(self, size: int, loss: float) -> None:
        super().finish_batch(size, loss)
        self.state_now.epoch_loss = loss


class NormConstant(ByHand):
    """Treats the batch's mean and std as constants, though they depend on every z."""

    def backward_norm(self, norm: NormCache, d_x_hat: Floats) -> Floats:
        return d_x_hat / norm.std


class DropoutOneWay(ByHand):
    """The dropout mask is applied in the forward pass and not in the backward pass."""

    def backward(self, caches: list[ForwardCache], targets: Array) -> tuple[list[BackwardCache], Array]:
        return super().backward([replace(cache, mask=None) for cache in caches], targets)


@dataclass(frozen=True)
class Bug:
    backend: type[ByHand]
    optimizers: tuple[OptimizerName, ...] = ()
    """The only optimizers it is an error of, the default first; empty: every optimizer with a gradient."""


BUGS: dict[BugName, Bug] = {
    "forgotten_slope": Bug(ForgottenSlope),
    "forgotten_two": Bug(ForgottenTwo),
    "transposed_weight": Bug(TransposedWeight),
    "mean_for_sum": Bug(MeanForSum),
    "gradient_not_cleared": Bug(GradientNotCleared),
    "adam_uncorrected": Bug(AdamUncorrected, ("adam", "adamw")),
    "adam_multiplied": Bug(AdamMultiplied, ("adam", "adamw")),
    "adam_stale": Bug(AdamStale, ("adam", "adamw")),
    "adamw_gradient": Bug(AdamWGradient, ("adamw",)),
    "stop_on_batches": Bug(StopOnBatches),
    "norm_constant": Bug(NormConstant),
    "dropout_one_way": Bug(DropoutOneWay),
}
"""One entry per BugName."""


def by_hand_with(bug: BugName | None) -> type[ByHand]:
    """The class of the hand-written backend with this bug, or without one."""
    return ByHand if bug is None else BUGS[bug].backend


def affects(bug: BugName, spec: Spec) -> bool:
    """Whether a training step of this Spec runs the wrong line, whatever its optimizer."""
    network = Network.of(spec)
    if bug == "forgotten_slope":
        return any(stage.activation != "linear" for stage in network.stages)
    if bug == "forgotten_two":
        return spec.loss == "mse"
    if bug == "transposed_weight":  # a row or a column is the same numbers either way
        return any(min(stage.inputs, stage.outputs) > 1 for stage in network.stages[1:])
    if bug == "mean_for_sum":
        return network.biases and spec.batch_size != 1
    if bug == "stop_on_batches":
        return spec.stop_change is not None and spec.batch_samples < spec.training_samples
    if bug == "norm_constant":
        return any(stage.batch_norm for stage in network.stages)
    if bug == "dropout_one_way":
        return any(stage.dropout for stage in network.stages)
    return True


def compatible_with(bug: BugName, optimizer: OptimizerName) -> bool:
    """Whether a run with this optimizer can have this bug."""
    return optimizer not in GRADIENT_FREE and (not BUGS[bug].optimizers or optimizer in BUGS[bug].optimizers)


def without_bug_state(state: State) -> State:
    """The same State without what a bug has added to it."""
    optimizer_state = {name: values for name, values in state.optimizer_state.items() if name != ACCUMULATED_GRADIENT}
    return replace(state, optimizer_state=optimizer_state)
