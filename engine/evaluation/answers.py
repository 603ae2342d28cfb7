"""Answers: what outputs say, in a person's terms: plain values, or for each class how much speaks for it."""

import numpy as np

from engine.nn.network import Array
from engine.spec.spec import Spec


def answers_of(spec: Spec, outputs: Array) -> Array:
    """Outputs (n, outputs) → (n, values) in the data set's own unit, or (n, classes) from 0 to 1.

    For classes: with cross_entropy softmax, with bce the sigmoid of each logit, and with the other losses how far an
    output has come from the target "not this class" to 1. A single output speaks for class 1, and the rest for class 0.
    """
    values = np.clip(np.nan_to_num(outputs), -1e30, 1e30)  # a diverged network may say anything
    if spec.is_regression:
        return np.asarray(values * np.float32(spec.kind.unit), dtype=np.float32)
    if spec.loss == "cross_entropy":
        shares = np.exp(values - values.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
    elif spec.loss == "bce":
        shares = 0.5 * (1 + np.tanh(0.5 * values))  # the sigmoid, without an overflow
    else:
        shares = np.clip((values - spec.low_target) / (1 - spec.low_target), 0, 1)
    if spec.outputs == 1:
        shares = np.concatenate([1 - shares, shares], axis=1)
    return np.asarray(shares, dtype=np.float32)
