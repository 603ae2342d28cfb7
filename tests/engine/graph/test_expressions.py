"""A text becomes a graph, or a sentence with its place."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.operations import FUNCTIONS

BOUNDS = ExpressionLimits(characters=500, depth=40, nodes=200)


def value(text: str, **values: float) -> float:
    graph = parse(text, BOUNDS)
    return graph.forward({**starting_values(graph), **values})[-1]


def names(text: str) -> list[str]:
    return [node.name for node in parse(text, BOUNDS).nodes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("2*3-4/2-1", 3),
        ("8/2/2", 2),
        ("2^3^2", 512),
        ("2**3", 8),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^-1", 0.5),
        ("--3", 3),
        ("2·3 × 4 − 1 ÷ 2", 23.5),
        (".5 + 1.e1 + 2E-1", 10.7),
        ("max(1, min(4, 3), 2)", 3),
        ("mean(1,2,6) + sum(1,2)", 6),
        ("ln(exp(2))", 2),
        ("σ(0)", 0.5),
        ("w₀ = 4; w0 * 2", 8),
        ("a = 2\r\n b = a*a ;; \n a + b\n", 6),
        ("c = 3; c", 3),
        ("损失 = 2; 损失*3", 6),
    ],
)
def test_what_it_means(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-15)


def test_nodes_stand_after_their_inputs_and_every_name_once() -> None:
    graph = parse("c = a*b; sigmoid(c + a*w0) + c", BOUNDS)
    assert all(place < here for here, node in enumerate(graph.nodes) for place in node.inputs)
    assert len(graph.place) == len(graph.nodes)


def test_names() -> None:
    assert names("a*b+1") == ["a", "b", "v1", "k1", "L"]
    assert names("v1*L+L") == ["v1", "L", "v2", "v3"]
    assert names("y = a; y*2") == ["a", "y", "k1", "L"]
    assert names("c = a*b; a") == ["a", "b", "c", "L"]


def test_a_number_on_a_line_of_its_own_is_a_variable() -> None:
    graph = parse("a = -2; b*a", BOUNDS)
    assert {node.name: node.value for node in graph.variables} == {"a": -2, "b": None}
    assert starting_values(graph) == {"b": 2}


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("", "graph_empty", {}),
        (" ;\n ", "graph_empty", {}),
        ("a + * b", "graph_needs_value", {"given": "*", "column": 5}),
        ("max()", "graph_needs_value", {"given": ")", "column": 5}),
        ("a *", "graph_ends_early", {"line": 1, "column": 4}),
        ("c = a\nc *\n2", "graph_ends_early", {"line": 2, "column": 4}),
        ("2*(a+b", "graph_open_parenthesis", {"column": 3}),
        ("exp(a", "graph_open_parenthesis", {"column": 4}),
        ("a+b)", "graph_closes_nothing", {"column": 4}),
        ("(a, b)", "graph_needs_operator", {"given": ",", "column": 3}),
        ("a 2", "graph_needs_operator", {"given": "2", "column": 3}),
        ("1.5.2", "graph_needs_operator", {"given": ".2", "column": 4}),
        ("(a+b)2", "graph_needs_operator", {"given": "2", "column": 6}),
        ("a=2 b=3", "graph_needs_operator", {"given": "=", "column": 6}),
        ("1,5*x", "graph_decimal_comma", {"given": "1,5", "read": "1.5", "column": 1}),
        ("2*sin(1,5*x)", "graph_decimal_comma", {"given": "1,5", "column": 7}),
        ("|a", "graph_open_bar", {"column": 1}),
        ("|a)", "graph_closes_nothing", {"column": 3}),
        ("1/2x", "graph_ambiguous", {"given": "x", "column": 4}),
        ("a/bc", "graph_ambiguous", {"given": "c", "column": 4}),
        ("1/2(a+b)", "graph_ambiguous", {"given": "(", "column": 4}),
        ("2^ab", "graph_ambiguous", {"given": "b", "column": 4}),
        ("e⁻ˣ²", "graph_ambiguous", {"given": "x2", "column": 3}),
        ("x²^3", "graph_ambiguous", {"given": "^", "column": 3}),
        ("2½", "graph_character", {"given": "½", "column": 2}),
        ("10₂", "graph_character", {"given": "₂", "column": 3}),
        ("x₊", "graph_character", {"given": "₊", "column": 2}),
        ("𝑥​ + ¿", "graph_character", {"given": "¿", "column": 6}),
        ("# only a comment", "graph_empty", {}),
        ("a + b = c", "graph_needs_operator", {"given": "=", "column": 7}),
        ("a & b", "graph_character", {"given": "&", "column": 3}),
        ("a.b", "graph_character", {"given": ".", "column": 2}),
        ("_a", "graph_character", {"given": "_", "column": 1}),
        ("'a'", "graph_character", {"given": "'", "column": 1}),
        (
            "a\nb + foo(a)",
            "graph_unknown_function",
            {"name": "foo", "line": 2, "column": 5, "choices": list(FUNCTIONS)},
        ),
        ("xsin(x)", "graph_unknown_function", {"name": "xsin", "column": 1}),
        ("f(x)", "graph_unknown_function", {"name": "f", "column": 1}),
        ("exp + 1", "graph_reserved_name", {"name": "exp", "column": 1}),
        ("Log x", "graph_reserved_name", {"name": "Log", "column": 1}),
        ("sinx", "graph_reserved_name", {"name": "sin", "column": 1}),
        ("a + cos2θ", "graph_reserved_name", {"name": "cos", "column": 5}),
        ("max = 3", "graph_reserved_name", {"name": "max", "column": 1}),
        ("a = 2; a = 3", "graph_name_taken", {"name": "a", "column": 8}),
        ("a = a + 1", "graph_name_taken", {"name": "a", "column": 1}),
        ("max(a)", "graph_too_few_arguments", {"name": "max", "limit": 2, "count": 1}),
        ("exp(a, b)", "graph_too_many_arguments", {"name": "exp", "limit": 1, "count": 2}),
        ("1e999", "graph_number_too_large", {"given": "1e999", "column": 1}),
        ("a" * 501, "graph_too_long", {"count": 501, "limit": 500}),
        ("(" * 41 + "a" + ")" * 41, "graph_too_deep", {"limit": 40, "column": 42}),
        ("-" * 41 + "a", "graph_too_deep", {"limit": 40}),
        ("2^" * 41 + "a", "graph_too_deep", {"limit": 40}),
        ("+".join("a" * 202), "graph_too_many_nodes", {"limit": 200, "column": 400}),
        ("__import__('os')", "graph_character", {"column": 1}),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, code: str, values: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        parse(text, BOUNDS)
    assert caught.value.code == code
    assert {name: caught.value.values.get(name) for name in values} == values


@pytest.mark.parametrize("text", ["(" * 40 + "a" + ")" * 40, "a" * 500, "+".join("a" * 200), "|" * 40 + "a" + "|" * 40])
def test_the_largest_that_is_allowed(text: str) -> None:
    assert parse(text, BOUNDS).nodes


@settings(max_examples=150, deadline=None)
@given(st.text("ab12.+-*/^(),;=\n maxexp·σ|√#e²⁻ˣ₁½µπ\u0302\u200b", max_size=60))
def test_any_text_is_a_graph_or_a_fault_and_never_anything_else(text: str) -> None:
    try:
        graph = parse(text, BOUNDS)
        graph.run(starting_values(graph))
    except Fault:
        return
    assert all(place < here for here, node in enumerate(graph.nodes) for place in node.inputs)
