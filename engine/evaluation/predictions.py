"""Predictions: outputs decoded into values in the data's own unit, or into a score from 0 to 1 for each class."""

import numpy as np

from engine.nn.network import Array
from engine.spec.spec import Spec


def predictions_of(spec: Spec, outputs: Array) -> Array:
    """Outputs (n, outputs) → (n, values) in the data set's own unit, or (n, classes) from 0 to 1.

    Scores of classes: cross_entropy the softmax, bce the sigmoid of each logit, other losses the output scaled from
    its two targets, spec.low_target … 1, to 0 … 1 and clipped. A single output is the score of class 1; class 0 has
    the rest to 1.
    """
    values = np.clip(np.nan_to_num(outputs), -1e30, 1e30)  # a diverged network may give any number
    if spec.is_regression:
        return np.asarray(values * np.float32(spec.kind.unit), dtype=np.float32)
    if spec.loss == "cross_entropy":
        class_scores = np.exp(values - values.max(axis=1, keepdims=True))
        class_scores /= class_scores.sum(axis=1, keepdims=True)
    elif spec.loss == "bce":
        class_scores = 0.5 * (1 + np.tanh(0.5 * values))  # the sigmoid, without an overflow
    else:
        class_scores = np.clip((values - spec.low_target) / (1 - spec.low_target), 0, 1)
    if spec.outputs == 1:
        class_scores = np.concatenate([1 - class_scores, class_scores], axis=1)
    return np.asarray(class_scores, dtype=np.float32)
