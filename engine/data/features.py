"""Features: points of the plane → the input columns of a network. Rows of other data sets are inputs already."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.nn.network import Array
from engine.spec.choices import FeatureName
from engine.spec.spec import Spec

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
    """Points (n, 2) → their features (n, inputs); rows of data sets that are not of the plane unchanged."""
    return features_of(spec.features, rows, spec.kind.unit) if spec.kind.plane else rows


def features_of(features: Sequence[FeatureName], points: Array, unit: float = 1) -> Array:
    """The features of points (n, 2) divided by the unit, one column each: (n, features)."""
    x1, x2 = (points / np.float32(unit)).T
    return np.stack([FEATURES[name](x1, x2) for name in features], axis=1)
