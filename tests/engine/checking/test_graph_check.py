"""Gradients of a graph against differences: no false alarm, and no wrong gradient where differences say something."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from engine.checking.graph_check import against_differences
from engine.checking.ridders import slope
from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse
from engine.graph.graph import Run

LIMITS = ExpressionLimits(characters=1000, depth=60, nodes=400)
FUNCTIONS = (
    "tanh", "sigmoid", "sin", "cos", "exp", "log", "sqrt", "abs", "relu", "softplus", "gelu", "silu", "elu",
    "leaky_relu", "step", "huber",
)  # fmt: skip
Placed = tuple[str, Run, dict[str, float]]


def placed(text: str, values: Mapping[str, float]) -> Placed:
    graph = parse(text, LIMITS)
    own = {name: value for name, value in values.items() if name in graph.place}
    return text, graph.run(own), own


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1/a", {"a": 0.001}),
        ("log(a)", {"a": 0.001}),
        ("1/(a-b)", {"a": 2, "b": 1.999}),
        ("sin(a)", {"a": 1e6}),
        ("sqrt(a)", {"a": 1e-12}),
        ("a^20", {"a": 1e5}),
        ("exp(a)", {"a": 300}),
        ("a*b + 1e8 - 1e8", {"a": 0.5, "b": 2}),
        ("cos(12839*a)", {"a": 0.001}),
    ],
)
def test_a_right_gradient_is_told_right_at_any_scale(text: str, values: dict[str, float]) -> None:
    _, run, own = placed(text, values)
    found, unsure = against_differences(run, own)
    assert not unsure
    assert found is not None
    assert found.same
    assert found.largest < 1e-6


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("abs(a)", {"a": 0}),
        ("cos(exp(a))", {"a": 200}),
        ("sin(1000^a + 1000)", {"a": 2.7445978797749837}),
        ("(1e15 + a) - 1e15", {"a": 1}),
    ],
)
def test_what_differences_cannot_tell_they_leave(text: str, values: dict[str, float]) -> None:
    """At a kink, where the function swings within the rounding of its input, and where rounding covers the slope."""
    _, run, own = placed(text, values)
    assert against_differences(run, own) == (None, ["a"])


def expression(chance: random.Random, depth: int) -> str:
    kind = chance.random()
    if depth == 0 or kind < 0.15:
        return chance.choice(["a", "b", "c", "0.5", "2", "1000"])
    inner = [expression(chance, depth - 1) for _ in range(2)]
    if kind < 0.55:
        return f"({inner[0]}{chance.choice('+-*/^')}{inner[1]})"
    if kind < 0.87:
        return f"{chance.choice(FUNCTIONS)}({inner[0]})"
    return f"{chance.choice(['mean', 'sum', 'max', 'min', 'logsumexp'])}({inner[0]},{inner[1]})"


def expressions(count: int, seed: int = 0) -> Iterator[Placed]:
    """Random ones that have a value and a gradient, at values of any size from 0.001 to 1,000."""
    chance = random.Random(seed)
    while count:
        text = expression(chance, chance.randint(1, 5))
        values = {name: chance.choice([-1, 1]) * 10 ** chance.uniform(-3, 3) for name in "abc"}
        try:
            found = placed(text, values)
        except Fault:
            continue
        if found[2]:
            count -= 1
            yield found


@pytest.mark.parametrize("count", [150, pytest.param(1500, marks=pytest.mark.long)])
def test_random_expressions_have_no_false_alarm_and_hide_no_wrong_gradient(count: int) -> None:
    silent, told = 0, 0
    for text, run, values in expressions(count):
        found, unsure = against_differences(run, values)
        assert found is None or found.same, (text, values, found)
        silent += found is None
        for name in sorted(values.keys() - set(unsure)):
            place = run.graph.place[name]
            gradient = run.gradients[place]
            if gradient:
                told += 1
                wrong = replace(run, gradients=(*run.gradients[:place], 1.01 * gradient, *run.gradients[place + 1 :]))
                seen, _ = against_differences(wrong, values)
                assert seen is not None, (text, values, name)
                assert not seen.same, (text, values, name)
    assert silent < 0.1 * count
    assert told > count


def test_the_error_of_a_slope_is_estimated() -> None:
    found = slope(lambda x: x**3, 2.0, 1e-15)
    assert found is not None
    assert abs(found.value - 12) <= found.error < 1e-9
    assert slope(lambda x: x if x > 2 else None, 2.0, 1e-15) is None


def test_a_slope_that_only_small_steps_find_is_looked_for() -> None:
    """A pole at 0, nearer than the longest steps, which find next to nothing."""
    _, run, own = placed("0.8^(0.5/b)", {"b": -0.00127})
    found, unsure = against_differences(run, own)
    assert unsure == []
    assert found is not None
    assert found.same


def test_a_step_that_is_lost_in_a_huge_number_is_not_divided_by() -> None:
    draw = random.Random(1)
    assert slope(lambda _: draw.random(), 1e30, rounding=0) is not None


def test_rounding_beyond_all_numbers_leaves_the_gradient_unsure() -> None:
    _, run, own = placed("c + gelu(a)", {"a": 5e-324, "c": 1.7e308})
    assert against_differences(run, own) == (None, ["c", "a"])
