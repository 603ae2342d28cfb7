"""Data sets: the rows and labels of each DatasetName, and their split into a training and a test set.

Rows are points of the plane (n, 2) in plain coordinates, or input columns (n, inputs) where a data set has its own.
Labels are ±1 for two classes, 0…k−1 for more, real for values: (n,), or (n, outputs) where there are several.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np

from engine.data.digits import (
    BUNDLED_ONLY,
    MNIST_SIDE,
    Bytes,
    DataSources,
    bundled_digits,
    enlarged,
    mnist_digits,
)
from engine.data.planes import PLANE_DATASETS, labels_of
from engine.nn.network import Array
from engine.nn.random import stream
from engine.spec.choices import DatasetName
from engine.spec.seeds import data_seed
from engine.spec.spec import UNSPLIT, Spec

Samples = tuple[Array, Array]
"""Rows and labels, float32."""


DATA_FIELDS = (
    *("dataset", "samples", "noise", "train_fraction", "classes", "function", "own_points"),
    *("random_inputs", "random_outputs"),
)
"""All fields of a Spec that its samples depend on beside their seed; not its features, which are made of them."""

ROWS_AT_ONCE = 1024
"""Of random numbers, which are drawn as float64: 8 MB where there are most inputs."""


@dataclass(frozen=True, eq=False)
class Split:
    """Held once for all runs of equal data, so that nobody writes to it."""

    train_rows: Array
    """(n, 2) or (n, inputs)"""
    train_labels: Array
    """(n,) or (n, outputs)"""
    test_rows: Array
    test_labels: Array


_SPLITS: WeakValueDictionary[Hashable, Split] = WeakValueDictionary()
"""Those that some run is using."""


def split(spec: Spec, sources: DataSources = BUNDLED_ONLY) -> Split:
    """The samples of a Spec split at random; where they are too few to split, both sets are all of them. The same
    object for Specs of equal data, as long as somebody holds it.

    Raises Fault where pictures cannot be read.
    """
    key = _key(spec, sources)
    found = _SPLITS.get(key)
    return found if found is not None else _SPLITS.setdefault(key, _split(spec, sources))


def is_held(spec: Spec, sources: DataSources = BUNDLED_ONLY) -> bool:
    """Whether some run already holds the samples of this Spec."""
    return _key(spec, sources) in _SPLITS


def _key(spec: Spec, sources: DataSources) -> Hashable:
    return sources, data_seed(spec), *(getattr(spec, name) for name in DATA_FIELDS)


def _split(spec: Spec, sources: DataSources) -> Split:
    rows, labels = samples_of(spec, sources)
    if spec.kind.whole or len(rows) < UNSPLIT:
        return Split(rows, labels, rows, labels)
    order = stream(data_seed(spec), "split").permutation(len(rows))
    train, test = np.split(order, [round(len(rows) * spec.train_fraction)])
    return Split(rows[train], labels[train], rows[test], labels[test])


def samples_of(spec: Spec, sources: DataSources = BUNDLED_ONLY) -> Samples:
    """All rows and labels of a Spec. Raises Fault where pictures cannot be read."""
    return DATASETS[spec.dataset](spec, spec.wanted_samples, sources)


def _plane_points(spec: Spec, count: int, sources: DataSources) -> Samples:
    data, noise = stream(data_seed(spec), "data"), stream(data_seed(spec), "noise")
    points, labels = PLANE_DATASETS[spec.dataset](count, spec.noise / 100, data, noise, spec)
    return points.astype(np.float32), labels.astype(np.float32)


def _own_points(spec: Spec, count: int, sources: DataSources) -> Samples:
    """The points of the Spec, all of them."""
    x1, x2, labels = np.array(spec.own_points, dtype=np.float32).T
    if not spec.is_regression:
        labels = labels_of(labels.astype(int), spec.class_count).astype(np.float32)
    return np.stack([x1, x2], axis=1), labels


def _digits(spec: Spec, count: int, sources: DataSources) -> Samples:
    return _random_images(spec, count, *bundled_digits(), white=16)


def _mnist(spec: Spec, count: int, sources: DataSources) -> Samples:
    return _random_images(spec, count, *mnist_digits(sources), white=255)


def _random_images(spec: Spec, count: int, pictures: Bytes, numbers: Bytes, white: int) -> Samples:
    """`count` of the images, at random without replacement, with pixels divided by `white`, to 0 … 1."""
    order = stream(data_seed(spec), "data").permutation(len(pictures))[:count]
    return np.divide(pictures[order], white, dtype=np.float32), numbers[order].astype(np.float32)


def _digit_pictures(spec: Spec, count: int, sources: DataSources) -> Samples:
    """Each digit, one-hot, with its mean picture of 8×8 pixels from 0 to 1."""
    pictures, numbers = bundled_digits()
    means = np.stack([pictures[numbers == digit].mean(axis=0) for digit in range(10)]) / 16
    return np.eye(10, dtype=np.float32), means.astype(np.float32)


def _large_digit_pictures(spec: Spec, count: int, sources: DataSources) -> Samples:
    """The same, each mean picture enlarged to the 28×28 pixels of MNIST."""
    rows, pictures = _digit_pictures(spec, count, sources)
    return rows, enlarged(pictures, MNIST_SIDE)


def _random(spec: Spec, count: int, sources: DataSources) -> Samples:
    """Normal inputs and targets, independent of each other: they can only be memorised."""
    data = stream(data_seed(spec), "data")
    rows = np.empty((count, spec.random_inputs), dtype=np.float32)
    for start in range(0, count, ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        part[:] = data.normal(size=part.shape)
    targets = stream(data_seed(spec), "targets").normal(size=(count, spec.random_outputs))
    return rows, targets.astype(np.float32)


DATASETS: dict[DatasetName, Callable[[Spec, int, DataSources], Samples]] = {
    **dict.fromkeys(PLANE_DATASETS, _plane_points),
    "own": _own_points,
    "own_values": _own_points,
    "digits": _digits,
    "mnist": _mnist,
    "digit_pictures": _digit_pictures,
    "large_digit_pictures": _large_digit_pictures,
    "random": _random,
}
"""(Spec, count, sources) → rows and labels; fewer than count where there are no more. One entry per DatasetName."""
