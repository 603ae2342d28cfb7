"""Activations: each value beside its slope. Elementwise, any shape, float32 or float64 in and the same out.

A slope is given both z, the weighted sum, and a, the value at z, and uses whichever is cheaper: backward has both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Activation:
    value: Callable[[Floats], Floats]
    """a = value(z)"""
    slope: Callable[[Floats, Floats], Floats]
    """∂a/∂z = slope(z, a)"""


def sigmoid(z: Floats) -> Floats:
    """1/(1+e⁻ᶻ); the exponent is never positive, so that it cannot overflow."""
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1, e) / (1 + e))


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(value=lambda z: z, slope=lambda z, a: np.ones_like(z)),
    "relu": Activation(value=lambda z: np.maximum(z, 0), slope=lambda z, a: (z > 0).astype(z.dtype)),
    "tanh": Activation(value=np.tanh, slope=lambda z, a: 1 - a * a),
    "sigmoid": Activation(value=sigmoid, slope=lambda z, a: a * (1 - a)),
}
"""One entry per ActivationName. At the kink of relu the slope is 0, as in torch."""
