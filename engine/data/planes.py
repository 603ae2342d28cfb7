"""Data sets of the plane: random points with a label each, ±1 for two classes, 0…k−1 for more, real for values.

Shapes and noise of the first six are those of the 2016 browser toy, reimplemented. Noise moves points, or the place
where the label is read, so that labels near a border go wrong. It has a random stream of its own: more noise moves the
same points further. Points that noise moves outside −6…6 are not clipped.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.spec.choices import DatasetName, FunctionName
from engine.spec.spec import Spec

PLANE_EDGE = 6.0
"""Half the side of the plane that is shown."""

Floats = NDArray[np.float64]
Points = Floats
Labels = Floats
Random = np.random.Generator


def circle(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """A disc of radius 2.5 inside a ring from 3.5 to 5; the label is read up to 5·noise away, both ways."""
    inner = count // 2
    radius = np.concatenate([data.uniform(0, 2.5, inner), data.uniform(3.5, 5, count - inner)])
    points = from_polar(radius, data.uniform(0, 2 * np.pi, count))
    read_at = points + 5 * noise * shift.uniform(-1, 1, (count, 2))
    return points, np.where(np.hypot(*read_at.T) < 2.5, 1.0, -1.0)


def xor(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """A square, 0.3 away from both axes: +1 where x1 and x2 have the same sign, read up to 5·noise away."""
    points = data.uniform(-5, 5, (count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    x1, x2 = (points + 5 * noise * shift.uniform(-1, 1, (count, 2))).T
    return points, np.where(x1 * x2 >= 0, 1.0, -1.0)


def gauss(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Normal clouds around (2, 2) and (−2, −2); noise raises their variance from 0.5 to 4."""
    labels = two_classes(count)
    variance = 0.5 + 7 * noise
    return 2 * labels[:, np.newaxis] + np.sqrt(variance) * data.normal(size=(count, 2)), labels


def spiral(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Two arms of 1¾ turns out to radius 5; noise moves each point by up to its own size, both ways."""
    labels = two_classes(count)
    along = np.concatenate([np.arange(size) / size for size in (count // 2, count - count // 2)])  # 0 … 1
    points = from_polar(5 * along, 1.75 * 2 * np.pi * along + np.where(labels > 0, 0, np.pi))
    return points + noise * shift.uniform(-1, 1, (count, 2)), labels


def moons(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """A chain of half circles, arched up and down in turn, each reaching into the next; noise moves each point by up to
    half a radius, both ways."""
    number = class_numbers(count, spec.classes)
    radius = 9 / (2 + 1.2 * (spec.classes - 1))  # the whole chain is 9 wide
    angle = data.uniform(-np.pi / 2, np.pi / 2, count) + np.pi * (number % 2)
    centres = np.stack([1.2 * (number - (spec.classes - 1) / 2), 0.5 * (number % 2) - 0.25], axis=1)
    points = radius * centres + from_polar(np.full(count, radius), angle)
    return points + radius * noise * shift.uniform(-1, 1, (count, 2)), labels_of(number, spec.classes)


def rings(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """One ring in another out to radius 5, with gaps; noise moves each point by up to half a ring, both ways."""
    number, wide = class_numbers(count, spec.classes), 5 / spec.classes
    radius = wide * (number + data.uniform(0.15, 0.85, count))
    points = from_polar(radius, data.uniform(0, 2 * np.pi, count))
    return points + wide * noise * shift.uniform(-1, 1, (count, 2)), labels_of(number, spec.classes)


def checkerboard(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Four by four squares of 2.5, no neighbours of one class; the label is read up to 5·noise away, both ways."""
    points = data.uniform(-5, 5, (count, 2))
    read_at = points + 5 * noise * shift.uniform(-1, 1, (count, 2))
    column, row = np.floor(read_at / 2.5).astype(int).T
    return points, labels_of((column + (row if spec.classes == 2 else 2 * row)) % spec.classes, spec.classes)


def pinwheel(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Blades from radius 0.5 to 5, bent by half a turn; noise turns each point by up to half a blade's share."""
    number, share = class_numbers(count, spec.classes), 2 * np.pi / spec.classes
    radius = data.uniform(0.5, 5, count)
    turn = 0.3 * data.uniform(-1, 1, count) + noise * shift.uniform(-1, 1, count)  # in shares
    return from_polar(radius, share * (number + turn) + np.pi * radius / 5), labels_of(number, spec.classes)


def blobs(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Normal clouds around places on a circle of radius 3.5; noise raises their deviation from 0.5 to 1.5."""
    number = class_numbers(count, spec.classes)
    centres = from_polar(np.full(count, 3.5), np.pi / 4 + 2 * np.pi * number / spec.classes)
    return centres + (0.5 + 2 * noise) * data.normal(size=(count, 2)), labels_of(number, spec.classes)


FUNCTIONS: dict[FunctionName, Callable[[Floats], Floats]] = {
    "line": lambda x: 0.7 * x,
    "parabola": lambda x: x**2 / 4 - 2,
    "cubic": lambda x: x**3 / 20 - 1.2 * x,
    "sine": lambda x: 2.5 * np.sin(x),
}


def function(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """+1 above the graph of a function and −1 below, at least 0.3 away; the label is read up to 5·noise away."""
    curve = FUNCTIONS[spec.function]
    points = data.uniform(-5, 5, (count, 2))
    points[:, 1] += np.where(points[:, 1] > curve(points[:, 0]), 0.3, -0.3)
    x1, x2 = (points + 5 * noise * shift.uniform(-1, 1, (count, 2))).T
    return points, np.where(x2 > curve(x1), 1.0, -1.0)


def plane(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """(x1 + x2)/10, read up to 6·noise away."""
    points = data.uniform(-PLANE_EDGE, PLANE_EDGE, (count, 2))
    read_at = points + PLANE_EDGE * noise * shift.uniform(-1, 1, (count, 2))
    return points, read_at.sum(axis=1) / 10


HILLS = np.array([(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)])
"""x1, x2 and sign of each."""


def multi_gauss(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Six hills and hollows, cones of height ±1 and radius 2 that do not reach one another; read up to 6·noise away."""
    points = data.uniform(-PLANE_EDGE, PLANE_EDGE, (count, 2))
    read_at = points + PLANE_EDGE * noise * shift.uniform(-1, 1, (count, 2))
    distance = np.linalg.norm(read_at[:, np.newaxis] - HILLS[:, :2], axis=2)  # (count, hills)
    heights = HILLS[:, 2] * np.maximum(1 - distance / 2, 0)
    return points, heights[np.arange(count), np.abs(heights).argmax(axis=1)]


def sine(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """sin(x1) whatever x2 is, read up to 6·noise away: a curve to fit where x1 is the only feature."""
    points = data.uniform(-PLANE_EDGE, PLANE_EDGE, (count, 2))
    return points, np.sin(points[:, 0] + PLANE_EDGE * noise * shift.uniform(-1, 1, count))


def arithmetic(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """Pairs (a, b) from −10 to 10 with a + b and a − b, labels (count, 2). No pair comes twice, so that the test pairs
    are pairs never seen; whole numbers while there are enough of them, 441 pairs, then halves or quarters."""
    parts = next(parts for parts in (1, 2, 4) if (20 * parts + 1) ** 2 >= count)
    side = 20 * parts + 1
    drawn = data.permutation(side * side)[:count]
    a, b = drawn // side / parts - 10, drawn % side / parts - 10
    return np.stack([a, b], axis=1), np.stack([a + b, a - b], axis=1)


GATE_INPUTS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], dtype=np.float64)
GATES: dict[DatasetName, tuple[int, int, int, int]] = {
    "and_gate": (0, 0, 0, 1),
    "or_gate": (0, 1, 1, 1),
    "nand_gate": (1, 1, 1, 0),
    "xor_gate": (0, 1, 1, 0),
}
"""Output of each gate for each of GATE_INPUTS."""


def gate(count: int, noise: float, data: Random, shift: Random, spec: Spec) -> tuple[Points, Labels]:
    """The four corners of the unit square, +1 where the gate outputs 1."""
    return GATE_INPUTS, labels_of(np.array(GATES[spec.dataset]), 2)


def two_classes(count: int) -> Labels:
    """+1 for the first half, −1 for the rest."""
    return np.where(np.arange(count) < count // 2, 1.0, -1.0)


def class_numbers(count: int, classes: int) -> NDArray[np.int64]:
    """0…k−1 in order, each as often as the others or once more."""
    return np.arange(count) * classes // max(count, 1)


def labels_of(number: NDArray[np.int64], classes: int) -> Labels:
    """The label of each class number 0…k−1: −1 and 1 for two classes, else the number itself."""
    return np.float64(2) * number - 1 if classes == 2 else number.astype(np.float64)


def from_polar(radius: Floats, angle: Floats) -> Points:
    """Points (n, 2) at a radius and an angle, clockwise from the top."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


PLANE_DATASETS: dict[DatasetName, Callable[[int, float, Random, Random, Spec], tuple[Points, Labels]]] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
    "moons": moons,
    "rings": rings,
    "checkerboard": checkerboard,
    "pinwheel": pinwheel,
    "blobs": blobs,
    "function": function,
    "plane": plane,
    "multi_gauss": multi_gauss,
    "sine": sine,
    "arithmetic": arithmetic,
    "and_gate": gate,
    "or_gate": gate,
    "nand_gate": gate,
    "xor_gate": gate,
}
"""(count, noise 0…0.5, stream of the points, stream of the noise, Spec) → points (count, 2) and labels"""
