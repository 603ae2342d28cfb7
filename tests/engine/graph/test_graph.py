"""Graphs of scalars: slopes against differences, gradients against torch, and what has no value or slope."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.backends import torch_graph
from engine.checking import graph_check
from engine.checking.graph_check import Check, check
from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.graph import Run
from engine.graph.operations import OPERATIONS

BOUNDS = ExpressionLimits(characters=500, depth=40, nodes=200)

PLACES = {
    "log": [[0.3], [2.5]],
    "sqrt": [[0.3], [2.5]],
    "divide": [[2.0, -3.0], [0.0, 0.5]],
    "power": [[2.0, 3.0], [0.5, -1.5], [3.0, 0.0]],
    "huber": [[0.3, 1.0], [-2.0, 0.5]],
    "tan": [[-2.0], [0.3], [4.0]],
    "standardize": [[2.0, 0.5, 0.3, 1e-3], [-1.0, 0.0, 2.0, 0.0]],
}
"""Where operations are tried that do not have a value everywhere; each (inputs,)."""
ANYWHERE = {1: [[-2.0], [0.3], [1.5]], 2: [[2.0, -3.0], [-1.0, 4.0]], None: [[2.0, -3.0, 0.5], [1.0, 5.0, -2.0]]}


def run(text: str, **values: float) -> Run:
    graph = parse(text, BOUNDS)
    return graph.run({**starting_values(graph), **values})


def named(text: str, **values: float) -> dict[str, tuple[float, float | None]]:
    """Name of each node → its value and gradient."""
    done = run(text, **values)
    return {
        node.name: (value, gradient)
        for node, value, gradient in zip(done.graph.nodes, done.values, done.gradients, strict=True)
    }


def fault(text: str, **values: float) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Fault) as caught:
        run(text, **values)
    return caught.value.code, caught.value.values


@pytest.mark.parametrize("op", OPERATIONS)
def test_every_slope_against_a_difference(op: str) -> None:
    operation = OPERATIONS[op]
    for inputs in PLACES.get(op) or ANYWHERE[operation.max_inputs]:
        slopes = operation.slopes(inputs, operation.value(inputs))
        for place, slope in enumerate(slopes):
            around = [[*inputs[:place], inputs[place] + step, *inputs[place + 1 :]] for step in (1e-6, -1e-6)]
            above, below = (operation.value(moved) for moved in around)
            assert slope == pytest.approx((above - below) / 2e-6, rel=1e-7, abs=1e-8)


def test_torch_knows_every_operation() -> None:
    assert set(torch_graph.OPERATIONS) == set(OPERATIONS)


def test_the_scalar_autograd_of_the_first_tutorial() -> None:
    found = named("c = a·b; d = c+1; L = mean(d)", a=2, b=3)
    assert [found[name][0] for name in ("c", "d", "L")] == [6, 7, 7]
    assert (found["a"][1], found["b"][1]) == (3, 2)


def test_flat_backpropagation_of_one_neuron() -> None:
    found = named("sigmoid(w0*x0+w1*x1+w2)", w0=2, x0=-1, w1=-3, x1=-2, w2=-3)
    slope = (1 - 1 / (1 + math.exp(-1))) / (1 + math.exp(-1))
    expected = {"w0": -slope, "x0": 2 * slope, "w1": -2 * slope, "x1": -3 * slope, "w2": slope}
    assert {name: found[name][1] for name in expected} == pytest.approx(expected, rel=1e-14)


def test_what_is_used_twice_sums_what_comes_back() -> None:
    done = run("a*b + max(a, b) + a", a=4, b=3)
    back = [
        flow
        for node, flows in zip(done.graph.nodes, done.flows, strict=True)
        for place, flow in zip(node.inputs, flows, strict=True)
        if done.graph.nodes[place].name == "a"
    ]
    assert back == [3, 1, 1]
    assert done.gradients[done.graph.place["a"]] == 5
    assert named("x*x", x=3)["x"] == (3, 6)


@pytest.mark.parametrize("text", ["max(a,b,a)", "min(a,b)", "relu(a-b)", "abs(a-b)"])
def test_at_a_kink_the_slope_is_torchs_and_no_difference_is_asked(text: str) -> None:
    done = run(text, a=2, b=2)
    found = check(done, {"a": 2, "b": 2})
    assert found.torch.same
    assert found.differences is None


def checked(text: str, **values: float) -> Check:
    graph = parse(text, BOUNDS)
    values = {**starting_values(graph), **values}
    return check(graph.run(values), values)


@pytest.mark.parametrize(
    "text",
    [
        "a*b+1",
        "sigmoid(w0*x0+w1*x1+w2)",
        "x^y + y**x - x/y",
        "log(exp(a)+exp(b)) * tanh(a-b)",
        "mean(a, b, a*b) + sum(a, b) - min(a, b)",
        "sqrt(a^2+b^2) + abs(sin(a)*cos(b))",
        "softplus(a) + relu(-a) - relu(a) / 3",
        "c = a*b; d = c*c; e = d+c; e*a",
        "a = 2.5; b = a; b^3 + (-2)^3",
        "unused = a*b; b + 1",
        "0^b + (2 - 1)",
        "softplus(10*a)",
        "gelu(a) * silu(b) + elu(-a, b) + elu(-a)",
        "leaky_relu(-a, 0.3*b) + leaky_relu(-b) + step(a)*b",
        "huber(a-b, 0.4*a) + huber(a/9)",
        "logsumexp(a, b, a*b) + standardize(a, b, a*b) + standardize(b, 1, 2, 0.1*a)",
    ],
)
def test_values_and_gradients_are_torchs(text: str) -> None:
    found = checked(text)
    assert found.torch.same
    assert found.torch.largest < 1e-13
    assert found.differences is not None
    assert found.differences.same


def test_a_kink_nearer_than_a_difference_reaches_is_not_taken_for_a_fault() -> None:
    for text in ("relu(a - 2.00000001)", "step(a - 2.00000001)", "max(a, 2.00000001)"):
        found = checked(text, a=2.0)
        assert found.torch.same
        assert found.differences is None


def expressions() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["a", "b", "c", "0.5", "2"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({''.join(parts)})"),
            st.tuples(st.sampled_from(["tanh", "sigmoid", "sin", "softplus"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
            st.tuples(st.sampled_from(["mean", "sum"]), inner, inner).map(lambda p: f"{p[0]}({p[1]},{p[2]})"),
        ),
        max_leaves=12,
    )


@settings(max_examples=40, deadline=None)
@given(expressions())
def test_any_expression_against_torch(text: str) -> None:
    assert checked(text).torch.same


@pytest.mark.parametrize("op", ["add", "multiply", "tanh", "exp"])
def test_a_wrong_slope_is_found(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = OPERATIONS[op]
    wrong = type(right)(
        right.value, lambda x, y: [1.001 * s for s in right.slopes(x, y)], right.min_inputs, right.max_inputs
    )
    monkeypatch.setitem(OPERATIONS, op, wrong)
    found = checked("c = a + b*tanh(d*exp(a))", a=0.2, d=0.3)
    assert not found.torch.same
    assert found.torch.largest > 3 * graph_check.TORCH_TOLERANCE
    assert found.differences is not None
    assert not found.differences.same
    assert found.differences.largest > 3 * graph_check.DIFFERENCE_TOLERANCE


def test_an_operation_of_ones_own_beside_torchs() -> None:
    own, library = checked("c = x*y; c*c", x=3, y=4).products["c"]
    assert own == library == [24 * 4, 24 * 3]


def test_what_no_variable_is_behind_needs_no_gradient() -> None:
    found = named("(2+3)*a")
    assert found["v1"] == (5, None)
    assert named("2+3") == {"k1": (2, None), "k2": (3, None), "L": (5, None)}
    assert checked("2+3").torch.same


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("1 + log(a - 3)", "graph_log_undefined", {"node": "v2", "line": 1, "column": 5, "given": -1}),
        ("c = a-2\nb/c", "graph_division_by_zero", {"node": "L", "line": 2, "column": 2}),
        ("sqrt(-a)", "graph_root_undefined", {"node": "L", "given": -2}),
        ("(-a)^0.5", "graph_power_undefined", {"node": "L", "base": -2, "exponent": 0.5}),
        ("(a-2)^-1", "graph_power_undefined", {"node": "L", "base": 0, "exponent": -1}),
        ("exp(exp(exp(a*b)))", "graph_overflow", {"node": "L", "column": 1}),
        ("c = 1e200*a; c*c", "graph_overflow", {"node": "L"}),
        ("a^1000*0", "graph_overflow", {"node": "v1"}),
        ("huber(b, a-2)", "graph_threshold_undefined", {"node": "L", "given": 0}),
        ("standardize(b, 1, a-9)", "graph_root_undefined", {"node": "L"}),
        ("standardize(b, 1, 0, 0)", "graph_division_by_zero", {"node": "L"}),
        ("leaky_relu(-1e200*a, 1e200)", "graph_overflow", {"node": "L"}),
        ("sqrt(a-2)", "graph_slope_undefined", {"node": "L", "op": "sqrt"}),
        ("(a-2)^(b-3)", "graph_slope_undefined", {"node": "L", "op": "power"}),
        ("(a-2)^0.5", "graph_slope_undefined", {"node": "L", "op": "power"}),
    ],
)
def test_what_has_no_value_or_no_slope_is_named(text: str, code: str, where: dict[str, Any]) -> None:
    found, values = fault(text, **({"a": 10.0} if "1000" in text else {"a": 2.0, "b": 3.0}))
    assert found == code
    assert {name: values[name] for name in where} == where


def test_a_gradient_beyond_all_numbers_is_an_overflow() -> None:
    found, values = fault("a*1e200*1e200", a=1e-300)
    assert (found, values["node"]) == ("graph_overflow", "a")
