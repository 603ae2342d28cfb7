"""Check of an operation of one's own: its gradients against torch's and against finite differences.

Beside the point that is shown it is tried at others, where a backward that is right by chance is found out.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from engine.checking.graph_check import TORCH_TOLERANCE, slope_of
from engine.fault import Fault
from engine.graph.own_operation import OwnOperation

POINTS = 30
"""That are tried; where forward or backward has no value, nothing is compared."""
SPREAD = 2.0


@dataclass(frozen=True)
class WrongPoint:
    values: dict[str, float]
    upstream: float
    own: float
    torch: float


@dataclass(frozen=True)
class InputCheck:
    """The gradient of one input at the values given."""

    name: str
    own: float
    torch: float
    differences: float | None
    """None where they cannot tell."""
    wrong: WrongPoint | None
    """The first point at which it is not torch's."""


@dataclass(frozen=True)
class OperationCheck:
    inputs: list[InputCheck]
    points: int
    """At which all could be compared."""


@dataclass(frozen=True)
class _Point:
    values: dict[str, float]
    upstream: float
    own: list[float]
    torch: list[float]


def check_operation(operation: OwnOperation, values: Mapping[str, float], upstream: float) -> OperationCheck:
    """Imports torch at the first call. Raises Fault where backward has no value at the values given."""
    here = _point(operation, values, upstream)
    draw = np.random.default_rng(0)
    points = [here]
    for _ in range(POINTS):
        elsewhere = {name: float(SPREAD * draw.normal()) for name in operation.inputs}
        with suppress(Fault):
            points.append(_point(operation, elsewhere, float(SPREAD * draw.normal())))
    run = operation.forward.run(values)
    found = []
    for place, name in enumerate(operation.inputs):
        slope = slope_of(run, values, name)
        differences = None if slope is None else slope.value * upstream
        wrong = next(_wrong_points(points, place), None)
        found.append(InputCheck(name, here.own[place], here.torch[place], differences, wrong))
    return OperationCheck(found, len(points))


def _point(operation: OwnOperation, values: Mapping[str, float], upstream: float) -> _Point:
    from engine.backends import torch_graph

    operation.gradients(values, upstream)  # torch has NaN where this raises Fault
    own, theirs = torch_graph.own_gradients(operation, values, upstream)
    return _Point(dict(values), upstream, own, theirs)


def _wrong_points(points: list[_Point], place: int) -> Iterator[WrongPoint]:
    for point in points:
        own, torch = point.own[place], point.torch[place]
        if math.isfinite(torch) and not abs(own - torch) <= TORCH_TOLERANCE * max(1, abs(torch)):
            yield WrongPoint(point.values, point.upstream, own, torch)
