"""Random expressions of every operation, forward and backward, against torch in float64."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.backends import torch_graph
from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.operations import FUNCTIONS, OPERATIONS
from tests.table import sampled

BLOCK = 250
LIMITS = ExpressionLimits(characters=5000, depth=60, nodes=500)
VARIABLES = "abcd"
TOLERANCE = 1e-12
"""In units of the largest value or gradient of an expression."""
LARGEST = 1e6
"""Of values and slopes: sin(x) at 10⁹ has seven digits fewer than x."""


def expression(draw: np.random.Generator, depth: int, names: str) -> str:
    """One line, in which operations lie up to so deep in one another."""
    if depth == 0 or draw.random() < 0.1:
        return str(draw.choice([*names, f"{draw.uniform(0.1, 3):.3f}"]))
    kind = draw.random()
    if kind < 0.4:
        left, right = expression(draw, depth - 1, names), expression(draw, depth - 1, names)
        return f"({left} {draw.choice(list('+-*/'))} {right})"
    if kind < 0.5:
        return f"(-{expression(draw, depth - 1, names)})"
    if kind < 0.6:
        exponent = draw.choice(["2", "3", "-1", "0.5", "b"])
        return f"({expression(draw, depth - 1, names)})^{exponent}"
    name = str(draw.choice(FUNCTIONS))
    operation = OPERATIONS[name]
    count = int(draw.integers(operation.min_inputs, (operation.max_inputs or operation.min_inputs + 2) + 1))
    return f"{name}({', '.join(expression(draw, depth - 1, names) for _ in range(count))})"


def trial(seed: int) -> float | None:
    """The worst difference; None where the expression has no value or slope, or too large a one."""
    draw = np.random.default_rng(seed)
    depth = int(draw.integers(1, 5))
    text = f"x = {expression(draw, 2, VARIABLES)}*a; {expression(draw, depth, VARIABLES + 'x')} * x"
    graph = parse(text, LIMITS)
    values = {name: float(draw.choice([draw.normal() * 2, draw.uniform(0.1, 3)])) for name in starting_values(graph)}
    try:
        run = graph.run(values)
    except Fault:
        return None
    gradients = [gradient for gradient in run.gradients if gradient is not None]
    slopes = [slope for each in run.slopes for slope in each if slope is not None]
    if np.nanmax(np.abs([*run.values, *gradients, *slopes])) > LARGEST:
        return None
    theirs = torch_graph.values_and_gradients(graph, values)
    assert [gradient is None for gradient in run.gradients] == [gradient is None for gradient in theirs[1]]
    return max(
        _difference(list(run.values), theirs[0]),
        _difference(gradients, [gradient for gradient in theirs[1] if gradient is not None]),
    )


def _difference(found: list[float], true: list[float]) -> float:
    """Infinite where only one of two does not exist."""
    if np.isnan(found).tolist() != np.isnan(true).tolist():
        return np.inf
    pairs = [(one, other) for one, other in zip(found, true, strict=True) if not np.isnan(one)]
    largest = max((abs(other) for _, other in pairs), default=0.0)
    return max((abs(one - other) for one, other in pairs), default=0.0) / max(1.0, largest)


@pytest.mark.parametrize("block", sampled(range(20), [0]))
def test_random_expressions_against_torch(block: int, record_property: Callable[[str, object], None]) -> None:
    found = {seed: trial(seed) for seed in range(block * BLOCK, (block + 1) * BLOCK)}
    compared = {seed: difference for seed, difference in found.items() if difference is not None}
    worst = max(compared, key=lambda seed: compared[seed])
    assert compared[worst] < TOLERANCE, worst
    assert len(compared) > BLOCK / 3
    record_property("parity", ("random expressions in float64", len(compared), compared[worst]))
