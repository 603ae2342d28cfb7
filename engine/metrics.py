"""Metrics: how good outputs are, in numbers a person reads. The losses themselves are in `losses`."""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from engine.network import Array
from engine.spec import Spec


class Evaluation(TypedDict):
    """Losses of the data alone; the penalty stands beside them. Accuracies are None for regression."""

    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float


def accuracy(outputs: Array, labels: Array, spec: Spec) -> float:
    """Share of the samples given their own class. Outputs (n, outputs), labels as `datasets` has them."""
    return float(np.mean(predicted_classes(outputs, spec) == actual_classes(labels, spec)))


def predicted_classes(outputs: Array, spec: Spec) -> NDArray[np.int64]:
    """(n,), from 0: the largest of several outputs, or 1 where a single one is above the threshold."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > spec.threshold).astype(np.int64)
    largest: NDArray[np.int64] = outputs.argmax(axis=1)
    return largest


def actual_classes(labels: Array, spec: Spec) -> NDArray[np.int64]:
    """(n,), from 0: of two classes, −1 is 0 and +1 is 1."""
    return (labels > 0).astype(np.int64) if spec.class_count == 2 else labels.astype(np.int64)
