"""Losses: each value beside its slope and how that changes. Outputs and targets are (n, outputs);
`engine.data.targets` makes the targets.

Simplest first. Penalties on weights are at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.nn.activations import sigmoid
from engine.spec.choices import LossName, ReductionName

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Loss:
    """L = share · Σ terms, where share is 1 for "sum", and 1/(number of terms) for "mean", as torch has them."""

    terms: Callable[[Floats, Floats], Floats]
    """(outputs, targets) → one term for each output of each sample, (n, outputs), or for each sample, (n,)"""
    slopes: Callable[[Floats, Floats], Floats]
    """(outputs, targets) → ∂(Σ terms)/∂outputs, (n, outputs)"""
    bends: Callable[[Floats, Floats, Floats], Floats]
    """(outputs, targets, moves) → ∂²(Σ terms)/∂outputs² · moves, (n, outputs): how slopes change as outputs move"""
    per_sample: bool = False
    """Whether there is one term for each sample, not one for each output."""
    reduction: ReductionName = "mean"

    def value(self, outputs: Floats, targets: Floats) -> float:
        terms = self.terms(outputs, targets)
        return float(np.sum(terms, dtype=np.float64)) * self.share(outputs)

    def slope(self, outputs: Floats, targets: Floats) -> Floats:
        """∂L/∂outputs, (n, outputs)"""
        return self.slopes(outputs, targets) * self.share(outputs)

    def bend(self, outputs: Floats, targets: Floats, moves: Floats) -> Floats:
        """∂²L/∂outputs² · moves, (n, outputs)"""
        return self.bends(outputs, targets, moves) * self.share(outputs)

    def share(self, outputs: Floats) -> float:
        if self.reduction == "sum":
            return 1.0
        return 1 / (len(outputs) if self.per_sample else outputs.size)


def make_loss(name: LossName, reduction: ReductionName = "mean", huber_delta: float = 1) -> Loss:
    """The loss of a Spec or a Network, with its settings."""
    loss = loss_table(huber_delta)[name]
    return replace(loss, reduction=reduction)


def loss_table(huber_delta: float) -> dict[LossName, Loss]:
    """One entry per LossName, with o the outputs, y the targets and e = o − y."""
    return {
        # e²
        "mse": Loss(
            terms=lambda o, y: np.square(o - y), slopes=lambda o, y: 2 * (o - y), bends=lambda o, y, moves: 2 * moves
        ),
        # |e|; slope 0 at e = 0
        "mae": Loss(
            terms=lambda o, y: np.abs(o - y),
            slopes=lambda o, y: np.sign(o - y),
            bends=lambda o, y, moves: np.zeros_like(moves),
        ),
        # e²/2 where |e| ≤ δ, else δ·(|e| − δ/2): torch.nn.HuberLoss, which is δ times its SmoothL1Loss
        "huber": Loss(
            terms=lambda o, y: _huber(np.abs(o - y), huber_delta),
            slopes=lambda o, y: np.clip(o - y, -huber_delta, huber_delta),
            bends=lambda o, y, moves: np.where(np.abs(o - y) <= huber_delta, moves, 0),
        ),
        # o are logits: −y·log σ(o) − (1−y)·log(1−σ(o)) = max(o, 0) − o·y + log(1+e^−|o|), finite for every finite o
        "bce": Loss(
            terms=lambda o, y: np.maximum(o, 0) - o * y + np.log1p(np.exp(-np.abs(o))),
            slopes=lambda o, y: sigmoid(o) - y,
            bends=lambda o, y, moves: sigmoid(o) * sigmoid(-o) * moves,
        ),
        # o are logits, y is one-hot: −Σ y·log softmax(o)
        "cross_entropy": Loss(
            terms=lambda o, y: -np.sum(y * _log_softmax(o), axis=1),
            slopes=lambda o, y: np.exp(_log_softmax(o)) - y,
            bends=lambda o, y, moves: _softmax_bends(np.exp(_log_softmax(o)), moves),
            per_sample=True,
        ),
    }


def _huber(size: Floats, delta: float) -> Floats:
    inner = np.minimum(size, delta)
    return inner * (size - inner / 2)


def _log_softmax(o: Floats) -> Floats:
    """o − log Σ eᵒ along a row. The largest o is subtracted first, so that no exponent is positive."""
    shifted = o - o.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _softmax_bends(share: Floats, moves: Floats) -> Floats:
    """(diag(s) − s·sᵀ) · moves along each row"""
    return np.asarray(share * (moves - np.sum(share * moves, axis=1, keepdims=True)))


def penalty(weights: Floats, l1: float, l2: float) -> float:
    """l1·Σ|w| + l2/2·Σw²; weights alone, biases are not penalised."""
    return float(l1 * np.abs(weights).sum() + l2 / 2 * np.square(weights).sum())


def penalty_slope(weights: Floats, l1: float, l2: float) -> Floats:
    """l1·sign(w) + l2·w; 0 at w = 0, as torch's derivative of |w|."""
    return l1 * np.sign(weights) + l2 * weights
