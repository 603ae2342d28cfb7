"""Targets: turns the labels of a data set into the values that the loss compares with the network's outputs."""

import numpy as np
from numpy.typing import NDArray

from engine.nn.network import Array
from engine.spec.spec import Spec

Whole = NDArray[np.int64]
"""Class numbers or counts."""


def targets_of(spec: Spec, labels: Array) -> Array:
    """Labels, (n,) or (n, values) → targets (n, outputs).

    Values are divided by the data set's unit. Of two classes with one output, +1 becomes 1 and −1 the Spec's
    low_target; with an output for each class, the class's own output has the target 1 and the others low_target.
    """
    if spec.is_regression:
        return np.asarray(labels.reshape(len(labels), -1) / np.float32(spec.kind.unit), dtype=np.float32)
    classes = actual_classes(labels, spec)
    if spec.outputs == 1:
        return np.where(classes == 1, 1, spec.low_target).astype(np.float32)[:, np.newaxis]
    return np.where(classes[:, np.newaxis] == np.arange(spec.outputs), 1, spec.low_target).astype(np.float32)


def actual_classes(labels: Array, spec: Spec) -> Whole:
    """Class numbers (n,) from 0; of two classes, −1 is 0 and +1 is 1."""
    return (labels > 0).astype(np.int64) if spec.class_count == 2 else labels.astype(np.int64)
