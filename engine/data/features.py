"""Features: points of the plane → the input columns of a network. Rows of other data sets are inputs already, or, where
they are pictures, may be normalised."""

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
    """Points (n, 2) → their features (n, inputs); pictures (n, pixels) from 0 to 1 → (p − mean)/deviation where the
    Spec says so; other rows unchanged."""
    kind = spec.kind
    if kind.plane:
        return features_of(spec.features, rows, kind.unit)
    if spec.normalize and kind.side:
        return (rows - np.float32(kind.pixel_mean)) / np.float32(kind.pixel_deviation)
    return rows


def features_of(features: Sequence[FeatureName], points: Array, unit: float = 1) -> Array:
    """The features of points (n, 2) divided by the unit, one column each: (n, features)."""
    x1, x2 = (points / np.float32(unit)).T
    return np.stack([FEATURES[name](x1, x2) for name in features], axis=1)
