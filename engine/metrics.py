"""Metrics: how good outputs are, in numbers a person reads. The losses themselves are in `losses`."""

from typing import TypedDict

import numpy as np

from engine.network import Array


class Evaluation(TypedDict):
    """Losses of the data alone; the penalty stands beside them. Accuracies are None for regression."""

    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float


def accuracy(outputs: Array, labels: Array) -> float:
    """Share of the samples on the right side. Outputs (n, 1) and labels ±1 (n,); an output above 0 says +1.

    That is the sign for mse, and for bce, whose outputs are logits, a probability above one half.
    """
    return float(np.mean((outputs[:, 0] > 0) == (labels > 0)))
