"""Features: points of the plane → the columns that enter a network. Rows of other data sets enter as they are."""

from collections.abc import Callable

import numpy as np

from engine.choices import FeatureName
from engine.network import Array
from engine.spec import Spec

FEATURES: dict[FeatureName, Callable[[Array, Array], Array]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1_squared": lambda x1, x2: x1 * x1,
    "x2_squared": lambda x1, x2: x2 * x2,
    "x1_x2": lambda x1, x2: x1 * x2,
    "sin_x1": lambda x1, x2: np.sin(x1),
    "sin_x2": lambda x1, x2: np.sin(x2),
}


def inputs_of(spec: Spec, rows: Array) -> Array:
    """Points (n, 2) → their features, read after division by the data set's unit; other rows unchanged: (n, inputs)."""
    if not spec.kind.plane:
        return rows
    x1, x2 = (rows / np.float32(spec.kind.unit)).T
    return np.stack([FEATURES[name](x1, x2) for name in spec.features], axis=1)
