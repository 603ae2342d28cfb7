"""Losses: each value beside its slope, and how labels become targets.

Outputs and targets are (n, outputs). A value is the mean over samples and outputs, as torch's default reduction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import sigmoid

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Loss:
    value: Callable[[Floats, Floats], float]
    """L = value(outputs, targets)"""
    slope: Callable[[Floats, Floats], Floats]
    """∂L/∂outputs = slope(outputs, targets), (n, outputs)"""
    targets: Callable[[Floats], Floats]
    """Labels, ±1 or real, (n,) → what the outputs are compared with, (n, 1)"""


def _bce(z: Floats, y: Floats) -> float:
    """max(z,0) − z·y + log(1+e^−|z|): equal to −y·log σ(z) − (1−y)·log(1−σ(z)), and finite for every finite z."""
    return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))


LOSSES: dict[str, Loss] = {
    "mse": Loss(
        value=lambda outputs, targets: float(np.mean((outputs - targets) ** 2)),
        slope=lambda outputs, targets: 2 * (outputs - targets) / outputs.size,
        targets=lambda labels: labels[:, np.newaxis],
    ),
    "bce": Loss(  # the outputs are logits z; y is 0 or 1
        value=_bce,
        slope=lambda z, y: (sigmoid(z) - y) / z.size,
        targets=lambda labels: (labels[:, np.newaxis] + 1) / 2,
    ),
}
"""One entry per LossName."""


def penalty(weights: Floats, l1: float, l2: float) -> float:
    """l1·Σ|w| + l2/2·Σw²; weights alone, biases are not pulled towards zero."""
    return float(l1 * np.abs(weights).sum() + l2 / 2 * np.square(weights).sum())


def penalty_slope(weights: Floats, l1: float, l2: float) -> Floats:
    """l1·sign(w) + l2·w; 0 at w = 0, as torch's derivative of |w|."""
    return l1 * np.sign(weights) + l2 * weights
