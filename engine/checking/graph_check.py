"""Check of a graph: its values and gradients against torch's, and its gradients against central differences."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.fault import Fault
from engine.graph.graph import Run

STEP = 6e-6
"""Of a central difference, relative: the cube root of float64's rounding, where both its errors are smallest."""
TORCH_TOLERANCE = 1e-9
"""Relative. Both round to 16 digits; hundreds of operations that cancel lose some of them, a wrong slope all."""
DIFFERENCE_TOLERANCE = 1e-5
"""Relative. Central differences are right to about ten digits where the graph bends gently, to fewer where sharply."""


@dataclass(frozen=True)
class Comparison:
    largest: float
    """Largest relative difference; absolute for numbers below 1"""
    node: str
    """Where it is."""
    same: bool


@dataclass(frozen=True)
class Check:
    torch: Comparison
    """Of all values and gradients."""
    differences: Comparison | None
    """Of the gradients of all variables; None where the graph has a kink, or ends, within a step of these values."""
    products: dict[str, tuple[list[float], list[float]]]
    """Gradients of the inputs of each multiplication: by a torch.autograd.Function, and by torch.mul"""


def check(run: Run, values: Mapping[str, float]) -> Check:
    """Imports torch at the first call."""
    from engine.backends import torch_graph

    theirs = torch_graph.values_and_gradients(run.graph, values)
    names = [node.name for node in run.graph.nodes]
    return Check(
        torch=_compared([*run.values, *run.gradients], [*theirs[0], *theirs[1]], [*names, *names], TORCH_TOLERANCE),
        differences=_against_differences(run, values),
        products=torch_graph.products(run),
    )


def differences(run: Run, values: Mapping[str, float]) -> list[float] | None:
    """(f(x+h) − f(x−h)) / 2h for every variable; None where a kink lies between.

    Raises Fault where the graph has no value so near.
    """
    graph, here = run.graph, run.graph.pieces(run.values)
    if None in here:
        return None
    slopes = []
    given = {node.name: graph.given(node, values) for node in graph.variables}
    for name, value in given.items():
        step = STEP * max(1, abs(value))
        above, below = value + step, value - step
        up, down = graph.forward({**given, name: above}), graph.forward({**given, name: below})
        if graph.pieces(up) != here or graph.pieces(down) != here:
            return None
        slopes.append((up[-1] - down[-1]) / (above - below))
    return slopes


def _against_differences(run: Run, values: Mapping[str, float]) -> Comparison | None:
    try:
        found = differences(run, values)
    except Fault:
        found = None
    if found is None:
        return None
    names = [node.name for node in run.graph.variables]
    gradients = [run.gradients[run.graph.place[name]] for name in names]
    rounding = abs(run.values[-1]) * 2e-16 / STEP  # of the two values a difference is made of
    return _compared(gradients, found, names, DIFFERENCE_TOLERANCE + 10 * rounding)


def _compared(
    ours: Sequence[float | None], theirs: Sequence[float | None], names: Sequence[str], tolerance: float
) -> Comparison:
    largest, where = 0.0, names[0] if names else ""
    for own, other, name in zip(ours, theirs, names, strict=True):
        difference = 0.0 if own is None and other is None else math.inf
        if own is not None and other is not None:
            difference = abs(own - other) / max(1, abs(other))
        if not difference <= largest:
            largest, where = difference, name
    return Comparison(largest, where, largest <= tolerance)
