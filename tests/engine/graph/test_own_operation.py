"""Operations of one's own, right and wrong, judged by torch and by differences."""

from typing import Any

import pytest

from engine.checking.own_operation_check import OperationCheck, check_operation
from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.own_operation import OwnOperation, check_forward, parse_backward

LIMITS = ExpressionLimits(characters=500, depth=40, nodes=200)


def operation(forward: str, backward: str) -> OwnOperation:
    graph = parse(forward, LIMITS)
    check_forward(graph)
    return parse_backward(graph, backward, LIMITS)


def judged(forward: str, backward: str, upstream: float = 0.5, **values: float) -> OperationCheck:
    own = operation(forward, backward)
    return check_operation(own, {**starting_values(own.forward), **values}, upstream)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("x·y", "y·g, x·g"),
        ("x*y", "y*g; x*g"),
        ("xy", "grad_x = yg\ngrad_y = xg"),
        ("p = x·y; p^2", "dp = 2p·g; dp·y, dp·x"),
        ("x + y", "g, g"),
        ("relu(x)", "step(x)·g"),
        ("σ(x)", "s = σ(x); s(1−s)g"),
        ("y = tanh(w x + b)", "d = (1−y²)g; d·x, d·w, d"),
        ("x + 0c", "g, 0"),
        ("max(a, b)", "step(a−b)g, step(b−a)g"),
        ("3x + 5y", "3g, 5g"),
    ],
)
def test_right_ones_are_torchs_at_every_point(forward: str, backward: str) -> None:
    found = judged(forward, backward)
    assert [one.name for one in found.inputs if one.wrong] == []
    assert found.points > 20
    for one in found.inputs:
        assert one.own == pytest.approx(one.torch, rel=1e-12)
        assert one.differences == pytest.approx(one.torch, rel=1e-5, abs=1e-9)


def test_wrong_ones_are_found_with_a_point_where_they_are() -> None:
    found = judged("x·y", "x·g, y·g", x=3, y=-2)
    first, second = found.inputs
    assert (first.own, first.torch, second.own, second.torch) == (1.5, -1, -1, 1.5)
    assert first.wrong is not None
    assert (first.wrong.values, first.wrong.upstream) == ({"x": 3, "y": -2}, 0.5)


@pytest.mark.parametrize(
    ("forward", "backward", "wrong"),
    [
        ("x·y", "y, x", ["x", "y"]),  # without g, of which 1 is given
        ("x·y", "x·g, x·g", ["x"]),  # where both are alike
        ("relu(x)", "g", ["x"]),  # above 0
        ("x²y", "2x·y·g, x·g", ["y"]),  # at x = 1
    ],
)
def test_what_is_right_by_chance_at_the_values_given_is_found_out_elsewhere(
    forward: str, backward: str, wrong: list[str]
) -> None:
    found = judged(forward, backward, upstream=1, x=1, y=1)
    assert all(one.own == one.torch for one in found.inputs)
    assert [one.name for one in found.inputs if one.wrong] == wrong


@pytest.mark.parametrize(("forward", "backward"), [("3*x", "5*g"), ("x^2", "3*x*g"), ("x^3", "2*x^2*g")])
def test_constants_of_backward_are_its_own(forward: str, backward: str) -> None:
    (found,) = judged(forward, backward).inputs
    assert found.wrong is not None
    assert found.own != found.torch


@pytest.mark.parametrize(
    ("forward", "backward", "code", "values"),
    [
        ("x·y", "y·g", "graph_own_shape", {"count": 1, "limit": 2, "inputs": ["x", "y"]}),
        ("x·y", "y·g, x·g, 1", "graph_own_shape", {"count": 3, "limit": 2}),
        ("x·y", "grad_x = y·g", "graph_own_shape", {"count": 1}),
        ("x·y", "y·g, z·g", "graph_own_unknown_name", {"name": "z", "column": 6, "choices": ["x", "y", "L", "g"]}),
        ("x·y", "x = 2; y·g, x·g", "graph_name_taken", {"name": "x"}),
        ("x·y", "", "graph_empty", {}),
        ("x·y", "y·g,", "graph_ends_early", {"column": 5}),
        ("x·y", "1,5·g", "graph_decimal_comma", {"given": "1,5"}),
        ("x·y", "y·g), x", "graph_closes_nothing", {"column": 4}),
        ("2+3", "g", "graph_own_no_inputs", {}),
        ("g·x", "g", "graph_own_upstream", {"name": "g"}),
    ],
)
def test_what_is_no_operation_is_told(forward: str, backward: str, code: str, values: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        operation(forward, backward)
    assert caught.value.code == code
    assert {name: caught.value.values.get(name) for name in values} == values


def test_a_backward_without_a_value_is_a_fault() -> None:
    with pytest.raises(Fault) as caught:
        judged("x·y", "y·g/(x−x), x·g")
    assert caught.value.code == "graph_division_by_zero"
