"""Central finite differences of a batch's loss, in float64, and what a kink does to them.

(L(w + h) − L(w − h))/2h costs two forward passes for each parameter and uses no chain rule, so that it cannot share an
error with it. Where an activation or the loss has a kink between w − h and w + h it approximates no derivative.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backends.by_hand import ByHand, ForwardCache
from engine.nn.network import Array
from engine.spec.choices import ActivationName

STEP = 1e-5
"""h in units of the larger of |w| and 1. The error is h²/6·L‴ + ϵ·L/h, with ϵ = 2.2e-16: 2e-11 of either at 1e-5."""

KINKED: frozenset[ActivationName] = frozenset({"relu", "leaky_relu", "elu", "step"})
"""Activations whose first or second derivative jumps at 0."""


@dataclass(frozen=True)
class DifferenceQuotient:
    value: float
    error: float
    """Bound of its error: a hundred roundings of the loss, and ten times the change by extrapolation, if any"""
    kinked: bool
    """Whether a kink lies within the step."""


def central_difference(hand: ByHand, batch: NDArray[np.int64], place: int, times: float = 1) -> DifferenceQuotient:
    """∂L/∂ of one parameter of a float64 run; times: of the step h.

    Batch norm goes by the batch's statistics and dropout by the masks of the step to come, as in training.
    """
    inputs, targets = hand.inputs[batch], hand.targets[batch]
    parameters = hand.state_now.parameters
    h = times * STEP * max(1.0, abs(float(parameters[place])))
    passes = []
    for offset in (h, -h):
        moved = parameters.copy()
        moved[place] += offset
        passes.append(hand.forward(moved, inputs, training=True))
    up, down = (hand.loss.value(caches[-1].out, targets) for caches in passes)
    sides = [_sides(hand, caches, targets) for caches in passes]
    return DifferenceQuotient(
        value=(up - down) / (2 * h),
        error=100 * float(np.finfo(np.float64).eps) * size_of_terms(hand, batch, passes[0]) / h,
        kinked=any(not np.array_equal(one, other) for one, other in zip(*sides, strict=True)),
    )


def extrapolated(hand: ByHand, batch: NDArray[np.int64], place: int) -> DifferenceQuotient:
    """Richardson's s(h) + (s(h) − s(2h))/3, whose error is of fourth order, for losses of large third derivative."""
    fine, coarse = (central_difference(hand, batch, place, times) for times in (1, 2))
    change = (fine.value - coarse.value) / 3
    return DifferenceQuotient(fine.value + change, 2 * fine.error + 10 * abs(change), fine.kinked or coarse.kinked)


def size_of_terms(hand: ByHand, batch: NDArray[np.int64], caches: list[ForwardCache]) -> float:
    """Size of the numbers that cancel in the loss where outputs are close to targets, with the loss's own weights."""
    outputs, targets = caches[-1].out, hand.targets[batch]
    size = 1 + float(np.abs(outputs).max()) + float(np.abs(targets).max())
    return size * len(outputs) * hand.loss.share(outputs)


def _sides(hand: ByHand, caches: list[ForwardCache], targets: Array) -> list[NDArray[np.bool_]]:
    """On which side of every kink the batch is: one array for each activation or loss with a kink."""
    network = hand.network
    sides = [values.n > 0 for stage, values in zip(network.stages, caches, strict=True) if stage.activation in KINKED]
    error = caches[-1].out - targets
    if network.loss == "mae":
        sides.append(error > 0)
    if network.loss == "huber":
        sides.append(np.abs(error) > network.huber_delta)
    return sides
