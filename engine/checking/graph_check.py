"""Check of a graph: its values and gradients against torch's, and its gradients against finite differences.

Differences say nothing of a variable whose slope they cannot tell from others: at a kink or an edge, and where rounding
covers the slope.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.checking.ridders import Slope, slope
from engine.fault import Fault
from engine.graph.graph import Run

TORCH_TOLERANCE = 1e-9
"""Relative. Both round to 16 digits; hundreds of operations that cancel lose some of them, a wrong slope all."""
DIFFERENCE_TOLERANCE = 1e-5
"""Relative. Extrapolated differences are right to about ten digits where the graph bends gently."""
SAFETY = 10
"""How many times its estimated error a difference may be off."""
WORST_ERROR = 1e-3
"""Relative. What differences are surer of, they tell: a tenth of a gradient that is wrong by 1 %."""
UNDERFLOW = 1e-150
"""Below it a product of two slopes may be 0 in float64."""
ROUNDING = 2.0**-52
"""Of one operation, relative."""


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
    """Of the gradients of the variables whose slopes differences can tell, relative; None where there is no such."""
    unsure: list[str]
    """The other variables"""
    products: dict[str, tuple[list[float], list[float]]]
    """Gradients of the inputs of each multiplication: by a torch.autograd.Function, and by torch.mul"""


def check(run: Run, values: Mapping[str, float]) -> Check:
    """Imports torch at the first call."""
    from engine.backends import torch_graph

    theirs = torch_graph.values_and_gradients(run.graph, values)
    names = [node.name for node in run.graph.nodes]
    differences, unsure = against_differences(run, values)
    return Check(
        torch=_compared([*run.values, *run.gradients], [*theirs[0], *theirs[1]], [*names, *names], TORCH_TOLERANCE),
        differences=differences,
        unsure=unsure,
        products=torch_graph.products(run),
    )


def slope_of(run: Run, values: Mapping[str, float], name: str) -> Slope | None:
    """∂last/∂ of a variable by differences; None where it has a kink or an edge too near."""
    graph, here = run.graph, run.graph.pieces(run.values)
    given = {node.name: graph.given(node, values) for node in graph.variables}

    def on_this_piece(value: float) -> float | None:
        try:
            moved = graph.forward({**given, name: value})
        except Fault:
            return None
        return moved[-1] if graph.pieces(moved) == here else None

    rounding = _rounding(run)
    if None in here or rounding > WORST_ERROR * abs(run.values[-1]):
        return None
    return slope(on_this_piece, given[name], rounding)


def _rounding(run: Run) -> float:
    """Of the last value: each node's own, carried on by its gradient."""
    defined = [0.0 if gradient is None or math.isnan(gradient) else gradient for gradient in run.gradients]
    carried = (abs(gradient * value) for gradient, value in zip(defined, run.values, strict=True))
    return ROUNDING * (abs(run.values[-1]) + sum(carried))


def against_differences(run: Run, values: Mapping[str, float]) -> tuple[Comparison | None, list[str]]:
    """Of the variables whose slopes differences can tell, and the names of the others."""
    worst, unsure = None, []
    for node in run.graph.variables:
        own, found = run.gradients[run.graph.place[node.name]] or 0.0, slope_of(run, values, node.name)
        if found is None or math.isnan(own) or not _tells(own, found):
            unsure.append(node.name)
            continue
        unit = max(abs(found.value), SAFETY * found.error / DIFFERENCE_TOLERANCE)
        difference = abs(own - found.value) / unit if unit else abs(own)
        if worst is None or difference > worst.largest:
            worst = Comparison(difference, node.name, difference <= DIFFERENCE_TOLERANCE)
    return worst, unsure


def _tells(own: float, found: Slope) -> bool:
    """Whether a gradient that is wrong by 1 % would be seen; of a gradient of 0, whether the slope is rounding."""
    off = SAFETY * found.error
    if 0 < max(abs(own), abs(found.value)) < UNDERFLOW:
        return False
    if abs(found.value) > off:
        return off <= WORST_ERROR * abs(found.value)
    return own == 0 or off <= WORST_ERROR * abs(own)


def _compared(
    ours: Sequence[float | None], theirs: Sequence[float | None], names: Sequence[str], tolerance: float
) -> Comparison:
    largest, where = 0.0, names[0] if names else ""
    for own, other, name in zip(ours, theirs, names, strict=True):
        difference = 0.0 if own is None and other is None else math.inf
        if own is not None and other is not None and math.isnan(own):
            difference = 0.0 if math.isnan(other) else math.inf
        elif own is not None and other is not None:
            difference = abs(own - other) / max(1, abs(other))
        if not difference <= largest:
            largest, where = difference, name
    return Comparison(largest, where, largest <= tolerance)
