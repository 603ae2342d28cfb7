"""Features: points of the plane → the columns that enter a network."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.choices import FeatureName
from engine.network import Array

FEATURES: dict[FeatureName, Callable[[Array, Array], Array]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1_squared": lambda x1, x2: x1 * x1,
    "x2_squared": lambda x1, x2: x2 * x2,
    "x1_x2": lambda x1, x2: x1 * x2,
    "sin_x1": lambda x1, x2: np.sin(x1),
    "sin_x2": lambda x1, x2: np.sin(x2),
}


def inputs_of(features: Sequence[FeatureName], points: Array) -> Array:
    """The features of points (n, 2), one column each: (n, features)."""
    x1, x2 = points.T
    return np.stack([FEATURES[name](x1, x2) for name in features], axis=1)
