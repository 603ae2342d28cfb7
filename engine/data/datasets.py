"""Data sets: what a Spec learns from, as rows with a label each, dealt out into a training and a test set.

Rows are points of the plane (n, 2) in plain coordinates, or input columns (n, inputs) where a data set has its own.
Labels are ±1 for two classes, 0…k−1 for more, real for values: (n,), or (n, outputs) where there are several.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.digits import BUNDLED, Bytes, Library, bundled_digits, folder_digits
from engine.data.planes import PLANES, labels_of
from engine.nn.network import Array
from engine.nn.random import stream
from engine.spec.choices import DatasetName
from engine.spec.spec import UNSPLIT, Spec

Samples = tuple[Array, Array]
"""Rows and labels, float32."""


@dataclass(frozen=True)
class Split:
    train_rows: Array
    """(n, 2) or (n, inputs)"""
    train_labels: Array
    """(n,) or (n, outputs)"""
    test_rows: Array
    test_labels: Array


def split(spec: Spec, library: Library = BUNDLED) -> Split:
    """The samples of a Spec dealt out at random; where they are too few for that, both sets are all of them.

    Raises Fault where pictures cannot be read.
    """
    rows, labels = samples_of(spec, library)
    if spec.kind.whole or len(rows) < UNSPLIT:
        return Split(rows, labels, rows, labels)
    order = stream(spec.seed, "split").permutation(len(rows))
    train, test = np.split(order, [round(len(rows) * spec.train_fraction)])
    return Split(rows[train], labels[train], rows[test], labels[test])


def samples_of(spec: Spec, library: Library = BUNDLED) -> Samples:
    """All rows and labels of a Spec. Raises Fault where pictures cannot be read."""
    return DATASETS[spec.dataset](spec, spec.wanted_samples, library)


def _plane(spec: Spec, count: int, library: Library) -> Samples:
    data, noise = stream(spec.seed, "data"), stream(spec.seed, "noise")
    points, labels = PLANES[spec.dataset](count, spec.noise / 100, data, noise, spec)
    return points.astype(np.float32), labels.astype(np.float32)


def _own(spec: Spec, count: int, library: Library) -> Samples:
    """The points of the Spec, all of them."""
    x1, x2, labels = np.array(spec.own_points, dtype=np.float32).T
    if not spec.is_regression:
        labels = labels_of(labels.astype(int), spec.class_count).astype(np.float32)
    return np.stack([x1, x2], axis=1), labels


def _digits(spec: Spec, count: int, library: Library) -> Samples:
    return _drawn(spec, count, *bundled_digits(), white=16)


def _mnist(spec: Spec, count: int, library: Library) -> Samples:
    return _drawn(spec, count, *folder_digits(library), white=255)


def _drawn(spec: Spec, count: int, pictures: Bytes, numbers: Bytes, white: int) -> Samples:
    """So many of the pictures, at random and none twice, with pixels from 0 to 1."""
    order = stream(spec.seed, "data").permutation(len(pictures))[:count]
    return np.divide(pictures[order], white, dtype=np.float32), numbers[order].astype(np.float32)


def _digit_pictures(spec: Spec, count: int, library: Library) -> Samples:
    """Each digit, one-hot, with its mean picture of 8×8 pixels from 0 to 1."""
    pictures, numbers = bundled_digits()
    means = np.stack([pictures[numbers == digit].mean(axis=0) for digit in range(10)]) / 16
    return np.eye(10, dtype=np.float32), means.astype(np.float32)


def _random(spec: Spec, count: int, library: Library) -> Samples:
    """Normal numbers, inputs and targets alike: there is nothing in them but to be learned by heart."""
    rows = stream(spec.seed, "data").normal(size=(count, spec.random_inputs))
    targets = stream(spec.seed, "targets").normal(size=(count, spec.random_outputs))
    return rows.astype(np.float32), targets.astype(np.float32)


DATASETS: dict[DatasetName, Callable[[Spec, int, Library], Samples]] = {
    **dict.fromkeys(PLANES, _plane),
    "own": _own,
    "own_values": _own,
    "digits": _digits,
    "mnist": _mnist,
    "digit_pictures": _digit_pictures,
    "random": _random,
}
"""(Spec, count, library) → rows and labels; fewer than count where there are no more. One entry per DatasetName."""
