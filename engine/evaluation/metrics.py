"""Metrics: how good outputs are, in numbers a person reads. The losses themselves are in `losses`.

Outputs are (n, outputs) and labels as `datasets` has them. A metric that would divide by nothing is None.
"""

from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from engine.data.targets import Whole, actual_classes
from engine.nn.network import Array
from engine.spec.spec import Spec

ROC_POINTS = 64
"""As many as a curve of a few hundred pixels can show."""

Floats = NDArray[np.float64]


class Scores(TypedDict):
    """The first five of classes, the others of values; those of the other kind are None."""

    accuracy: float | None
    precision: float | None
    """TP/(TP+FP) of the class +1 of two; else the mean over the classes that are true or predicted anywhere, 0 for one
    never predicted: scikit-learn's average="macro", zero_division=0."""
    recall: float | None
    """TP/(TP+FN), likewise; 0 for a class that is predicted and never true."""
    f1: float | None
    """2·TP/(2·TP+FP+FN), likewise: the harmonic mean of the two for one class, and the mean of such over several."""
    confusion: Whole | None
    """(k, k): how many of the class of a row were predicted to be of the class of a column."""
    r2: float | None
    """1 − Σ(y−o)²/Σ(y−ȳ)², the mean over the outputs whose targets vary."""
    mae: float | None
    """Mean of |o−y|, in the units of the data, over samples and outputs; so is rmse."""
    rmse: float | None


class Evaluation(TypedDict):
    """Losses of the data alone; the penalty stands beside them. Accuracies are None for values."""

    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float
    train: Scores
    test: Scores


class Roc(NamedTuple):
    """The share of −1 and of +1 that is called +1, from the highest threshold to the lowest."""

    fpr: Floats
    tpr: Floats
    auc: float
    """The area under the whole curve: how often a sample of +1 scores above one of −1, ties by halves."""


def scores(outputs: Array, labels: Array, spec: Spec) -> Scores:
    if spec.is_regression:
        return _value_scores(outputs, labels, spec.kind.unit)
    return _class_scores(predicted_classes(outputs, spec), actual_classes(labels, spec), spec.class_count)


def accuracy(outputs: Array, labels: Array, spec: Spec) -> float:
    """Share of the samples given their own class."""
    return float(np.mean(predicted_classes(outputs, spec) == actual_classes(labels, spec)))


def predicted_classes(outputs: Array, spec: Spec) -> Whole:
    """(n,), from 0: the largest of several outputs, or 1 where a single one is above the threshold."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > spec.threshold).astype(np.int64)
    largest: Whole = outputs.argmax(axis=1)
    return largest


def _class_scores(predicted: Whole, actual: Whole, classes: int) -> Scores:
    confusion = np.bincount(actual * classes + predicted, minlength=classes**2).reshape(classes, classes)
    right = np.diagonal(confusion)
    called, there = confusion.sum(axis=0), confusion.sum(axis=1)  # TP+FP and TP+FN
    counted = (there > 0) | (called > 0)
    if classes == 2:
        right, called, there, counted = right[1:], called[1:], there[1:], np.array([True])
    return {
        "accuracy": _share(np.trace(confusion), len(actual)),
        "precision": _mean_share(right[counted], called[counted], classes),
        "recall": _mean_share(right[counted], there[counted], classes),
        "f1": _mean_share(2 * right[counted], (called + there)[counted], classes),
        "confusion": confusion,
        "r2": None,
        "mae": None,
        "rmse": None,
    }


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None


def _mean_share(parts: Whole, wholes: Whole, classes: int) -> float | None:
    """Of the class +1 alone where there are two; else a share of nothing counts as 0, and no share at all is None."""
    if classes == 2:
        return _share(parts[0], wholes[0])
    return float(np.mean(parts / np.maximum(wholes, 1))) if len(parts) else None


class Explained(NamedTuple):
    """R² of several outputs. In their plain mean one that hardly varies would outweigh all others."""

    whole: float | None
    """1 − Σ(y−o)²/Σ(y−ȳ)² over all outputs together: scikit-learn's multioutput="variance_weighted"."""
    each: list[float | None]
    """None for one whose targets do not vary"""


def explained(outputs: Array, labels: Array, unit: float) -> Explained:
    """outputs, labels: of values, (n, outputs); outputs times the unit are plain numbers."""
    residual, total, varies = _squares(outputs, labels, unit)
    whole = float(1 - residual[varies].sum() / total[varies].sum()) if varies.any() else None
    return Explained(
        whole,
        [float(1 - one / all_) if kept else None for one, all_, kept in zip(residual, total, varies, strict=True)],
    )


def _squares(outputs: Array, labels: Array, unit: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Of each output Σ(y−o)² and Σ(y−ȳ)², and whether its targets vary."""
    truth = labels.reshape(len(labels), -1).astype(np.float64)
    errors = outputs.astype(np.float64) * unit - truth
    total = np.square(truth - truth.mean(axis=0)).sum(axis=0)
    return np.square(errors).sum(axis=0), total, np.ptp(truth, axis=0) > 0


def _value_scores(outputs: Array, labels: Array, unit: float) -> Scores:
    truth = labels.reshape(len(labels), -1).astype(np.float64)
    errors = outputs.astype(np.float64) * unit - truth
    residual, total, varies = _squares(outputs, labels, unit)
    return {
        "accuracy": None,
        "precision": None,
        "recall": None,
        "f1": None,
        "confusion": None,
        "r2": float(np.mean(1 - residual[varies] / total[varies])) if varies.any() else None,
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt(np.square(errors).mean())),
    }


def roc(outputs: Array, labels: Array) -> Roc | None:
    """Of two classes, labels ±1, by the single output or by the second less the first: at most ROC_POINTS corners.

    None where one class is missing or an output is not finite.
    """
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        score = outputs[:, -1].astype(np.float64) - (outputs[:, 0] if outputs.shape[1] == 2 else 0)
    positive = labels > 0
    if positive.all() or not positive.any() or not np.isfinite(score).all():
        return None
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # the last of each run of equal scores
    hits = np.append(0, np.cumsum(positive[order])[ends])
    alarms = np.append(0, ends + 1) - hits
    tpr, fpr = hits / hits[-1], alarms / alarms[-1]
    area = float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))
    kept = _corners(alarms, hits)
    return Roc(fpr[kept], tpr[kept], area)


def _corners(x: Whole, y: Whole) -> Whole:
    """Where a curve turns; of more than ROC_POINTS such places, one for each even step along it."""
    turns = np.diff(x)[:-1] * np.diff(y)[1:] != np.diff(x)[1:] * np.diff(y)[:-1]
    corners: Whole = np.concatenate([[0], 1 + np.flatnonzero(turns), [len(x) - 1]])
    if len(corners) <= ROC_POINTS:
        return corners
    along = x[corners] / x[-1] + y[corners] / y[-1]  # 0 … 2, and every step of the curve goes forward
    nearest = np.searchsorted(along, np.linspace(0, 2, ROC_POINTS)).clip(max=len(corners) - 1)
    return np.unique(corners[nearest])
