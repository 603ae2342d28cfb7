"""Data sets: points of the plane, −6…6 both ways, with a label each, ±1 for two classes and real for regression.

Shapes and noise are those of the 2016 browser toy, worked out anew. Noise moves points, or the place where the label
is read, so that labels near a border go wrong. It has a random stream of its own: turning it up moves the very same
points further. Where noise carries a point outside −6…6 it stays there; nothing is cut off.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.choices import DatasetName
from engine.network import Array
from engine.seeds import stream
from engine.spec import Spec

DOMAIN = 6.0
"""Half the side of the plane that is drawn."""

Points = NDArray[np.float64]
Labels = NDArray[np.float64]
Random = np.random.Generator


@dataclass(frozen=True)
class Dataset:
    generate: Callable[[int, float, Random, Random], tuple[Points, Labels]]
    """(count, noise 0…0.5, stream of the points, stream of the noise) → points (count, 2) and labels (count,)"""
    samples: int
    """How many points there are unless the Spec says."""


@dataclass(frozen=True)
class Split:
    train_points: Array
    """(n, 2)"""
    train_labels: Array
    """(n,)"""
    test_points: Array
    test_labels: Array


def points_of(spec: Spec) -> tuple[Array, Array]:
    """All points (n, 2) and labels (n,) of a Spec."""
    dataset = DATASETS[spec.dataset]
    count = spec.samples or dataset.samples
    points, labels = dataset.generate(count, spec.noise / 100, stream(spec.seed, "data"), stream(spec.seed, "noise"))
    return points.astype(np.float32), labels.astype(np.float32)


def split(spec: Spec) -> Split:
    """The points of a Spec dealt out at random into a training and a test set."""
    points, labels = points_of(spec)
    order = stream(spec.seed, "split").permutation(len(points))
    train, test = np.split(order, [round(len(points) * spec.train_fraction)])
    return Split(points[train], labels[train], points[test], labels[test])


def circle(count: int, noise: float, data: Random, shift: Random) -> tuple[Points, Labels]:
    """A disc of radius 2.5 inside a ring from 3.5 to 5; the label is read up to 5·noise away, both ways."""
    inner = count // 2
    radius = np.concatenate([data.uniform(0, 2.5, inner), data.uniform(3.5, 5, count - inner)])
    points = on_circle(radius, data.uniform(0, 2 * np.pi, count))
    read_at = points + 5 * noise * shift.uniform(-1, 1, (count, 2))
    return points, np.where(np.hypot(*read_at.T) < 2.5, 1.0, -1.0)


def xor(count: int, noise: float, data: Random, shift: Random) -> tuple[Points, Labels]:
    """A square, 0.3 away from both axes: +1 where x1 and x2 have the same sign, read up to 5·noise away."""
    points = data.uniform(-5, 5, (count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    x1, x2 = (points + 5 * noise * shift.uniform(-1, 1, (count, 2))).T
    return points, np.where(x1 * x2 >= 0, 1.0, -1.0)


def gauss(count: int, noise: float, data: Random, shift: Random) -> tuple[Points, Labels]:
    """Normal clouds around (2, 2) and (−2, −2); noise raises their variance from 0.5 to 4."""
    labels = two_classes(count)
    variance = 0.5 + 7 * noise
    return 2 * labels[:, np.newaxis] + np.sqrt(variance) * data.normal(size=(count, 2)), labels


def spiral(count: int, noise: float, data: Random, shift: Random) -> tuple[Points, Labels]:
    """Two arms of 1¾ turns out to radius 5; noise moves each point by up to its own size, both ways."""
    labels = two_classes(count)
    along = np.concatenate([np.arange(size) / size for size in (count // 2, count - count // 2)])  # 0 … 1
    points = on_circle(5 * along, 1.75 * 2 * np.pi * along + np.where(labels > 0, 0, np.pi))
    return points + noise * shift.uniform(-1, 1, (count, 2)), labels


def plane(count: int, noise: float, data: Random, shift: Random) -> tuple[Points, Labels]:
    """(x1 + x2)/10, read up to 6·noise away."""
    points = data.uniform(-DOMAIN, DOMAIN, (count, 2))
    read_at = points + DOMAIN * noise * shift.uniform(-1, 1, (count, 2))
    return points, read_at.sum(axis=1) / 10


HILLS = np.array([(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)])
"""x1, x2 and sign of each."""


def multi_gauss(count: int, noise: float, data: Random, shift: Random) -> tuple[Points, Labels]:
    """Six hills and hollows, cones of height ±1 and radius 2 that do not reach one another; read up to 6·noise away."""
    points = data.uniform(-DOMAIN, DOMAIN, (count, 2))
    read_at = points + DOMAIN * noise * shift.uniform(-1, 1, (count, 2))
    distance = np.linalg.norm(read_at[:, np.newaxis] - HILLS[:, :2], axis=2)  # (count, hills)
    heights = HILLS[:, 2] * np.maximum(1 - distance / 2, 0)
    return points, heights[np.arange(count), np.abs(heights).argmax(axis=1)]


def two_classes(count: int) -> Labels:
    """+1 for the first half, −1 for the rest."""
    return np.where(np.arange(count) < count // 2, 1.0, -1.0)


def on_circle(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> Points:
    """Points (n, 2) by radius and by angle, clockwise from the top."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


DATASETS: dict[DatasetName, Dataset] = {
    "circle": Dataset(circle, samples=500),
    "xor": Dataset(xor, samples=500),
    "gauss": Dataset(gauss, samples=500),
    "spiral": Dataset(spiral, samples=500),
    "plane": Dataset(plane, samples=1200),
    "multi_gauss": Dataset(multi_gauss, samples=1200),
}
