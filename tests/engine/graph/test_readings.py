"""Expressions as people write them: the right value beside ours, gradients beside torch's, and what is said of it."""

import math
from math import cos, exp, pi, sin, sqrt, tan
from time import process_time

import pytest

from engine.backends import torch_graph
from engine.checking.graph_check import check
from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.names import Names, Reading

LIMITS = ExpressionLimits(characters=500, depth=40, nodes=200)
AT = {"a": 0.7, "b": -1.3, "c": 2.1, "m": 1.5, "n": 3.0, "r": 0.9, "t": 0.4, "w": 0.6, "x": 1.2, "y": -0.8, "z": 0.3}
AT |= {"w0": 0.2, "x0": -1.1, "w1": 0.5, "x1": 1.7, "w2": -0.6, "x2": 0.9, "θ0": 0.25, "θ1": -0.75, "μ": 1.1, "θ": 0.8}
AT |= {"ŷ": 0.9, "x\u0302": 2.5, "alpha": 0.1, "weight": 1.4, "bias": 0.2, "lr": 0.01, "η": 0.1, "x_1": 0.3, "w_1": 1.9}
a, b, c, m, n, r, t, w, x, y, z = (AT[name] for name in "abcmnrtwxyz")
w1, x1, w2, x2 = (AT[name] for name in ("w1", "x1", "w2", "x2"))


def product(text: str) -> Reading:
    return Reading("product", text)


E, PI = Reading("constant", "e = 2.71828"), Reading("constant", "pi = 3.14159")

ROWS: list[tuple[str, float, list[Reading]]] = [
    # what was found to be misread
    ("w₁x₁+w₂x₂+b", w1 * x1 + w2 * x2 + b, [product("w1·x1+w2·x2+b")]),
    ("y=mx+b", m * x + b, [product("y=m·x+b")]),
    ("θ₀+θ₁x", 0.25 - 0.75 * x, [product("θ0+θ1·x")]),
    ("2a", 2 * a, [product("2·a")]),
    ("2(a+b)", 2 * (a + b), [product("2·(a+b)")]),
    ("relu(x)", x, []),
    ("lr = 2; lr*x", 2 * x, []),
    ("e^x", exp(x), [E]),
    ("e = 3; e^2", 9, []),
    ("pi*r^2", pi * r**2, [PI]),
    ("x=-3; n=2; y=x^n", 9, []),
    ("+a", a, []),
    ("a*+b", a * b, []),
    ("|x|", x, []),
    ("x²", x * x, []),
    ("tan(x)", tan(x), []),
    ("pow(x,2)", x * x, []),
    ("softmax(a,b)", exp(a) / (exp(a) + exp(b)), [Reading("softmax", "softmax")]),
    ("ReLU(x)", x, []),
    ("Sin(x)", sin(x), []),
    ("a*b # comment", a * b, []),
    ("µ+μ", 2.2, []),
    ("ｘ＋x+𝑥", 3 * x, []),
    ("ŷ−y\u0302", 0, []),
    ("（ａ＋２）＊ｂ", (a + 2) * b, []),
    ("sin\u2061(x)", sin(x), []),
    ("2\u2062x", 2 * x, [product("2·x")]),
    ("\ufeffa+\u200bb", a + b, []),
    # thirty more
    ("2x²y+3", 2 * x**2 * y + 3, [product("2·x^2·y+3")]),
    ("x⁻¹ + xⁿ⁺¹", 1 / x + x ** (n + 1), []),
    ("|a|b|c|", abs(a) * b * abs(c), [product("|a|·b·|c|")]),
    ("2|x−y|", 2 * abs(x - y), [product("2·|x-y|")]),
    ("||y|−1|", abs(abs(y) - 1), []),
    ("−x^2", -(x**2), []),
    ("−(−x)²", -(x**2), []),
    ("2^−3x", 2**-3 * x, [product("2^-3·x")]),
    ("(a+b)(a−b)", (a + b) * (a - b), [product("(a+b)·(a-b)")]),
    ("m x + b", m * x + b, [product("m·x + b")]),
    ("abc", a * b * c, [product("a·b·c")]),
    ("w_1x_1", 1.9 * 0.3, [product("w_1·x_1")]),
    ("2πr", 2 * pi * r, [product("2·pi·r"), PI]),
    ("πr²", pi * r * r, [product("pi·r^2"), PI]),
    ("½mx²", m * x * x / 2, [product("(1/2)·m·x^2")]),
    ("x^½", sqrt(x), []),
    ("√(a²+c²)", sqrt(a * a + c * c), []),
    ("√2x", sqrt(2) * x, [product("√2·x")]),
    ("e^(−x²/2)/√(2π)", exp(-x * x / 2) / sqrt(2 * pi), [product("e^(-x^2/2)/√(2·pi)"), E, PI]),
    ("1/(1+e^−z)", 1 / (1 + exp(-z)), [E]),
    ("σ(wx+b)", 1 / (1 + exp(-(w * x + b))), [product("σ(w·x+b)")]),
    ("(1−σ(z))σ(z)", exp(-z) / (1 + exp(-z)) ** 2, [product("(1-σ(z))·σ(z)")]),
    ("w1x1^2", w1 * x1**2, [product("w1·x1^2")]),
    ("w ÷ 2 × 3", w / 2 * 3, []),
    ("x\u0302 + 1", 3.5, []),
    ("alpha*x + weight*y + bias", 0.1 * x + 1.4 * y + 0.2, []),
    ("lr·x", 0.01 * x, []),
    ("abcd*2", 4, [Reading("word", "abcd")]),
    ("LeakyReLU(y, 0.1) + Log_Sum_Exp(a, b)", 0.1 * y + math.log(exp(a) + exp(b)), []),
    ("x = 2 # first; not read\ny = 3x # then\nxy", 12, [product("x·y"), product("y = 3·x")]),
    ("3sin(x)cos(x)", 3 * sin(x) * cos(x), [product("3·sin(x)·cos(x)")]),
    ("2e3x", 2000 * x, [product("2e3·x")]),
    ("损失 = 2; 损失x", 2, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "readings"), ROWS, ids=[row[0] for row in ROWS])
def test_what_people_write(text: str, right: float, readings: list[Reading]) -> None:
    graph = parse(text, LIMITS)
    values = starting_values(graph) | {name: AT[name] for name in starting_values(graph) if name in AT}
    run = graph.run(values)
    assert run.values[-1] == pytest.approx(right, rel=1e-14)
    assert list(graph.readings) == readings
    theirs = torch_graph.values_and_gradients(graph, values)
    assert run.values == pytest.approx(theirs[0], rel=1e-13)
    assert [value for value in run.gradients if value is not None] == pytest.approx(
        [value for value in theirs[1] if value is not None], rel=1e-13, nan_ok=True
    )


def test_a_gradient_that_does_not_exist_leaves_the_others() -> None:
    graph = parse("x=-3; n=1+1; y=x^n; y + a", LIMITS)
    values = {"a": 1.0}
    run = graph.run(values)
    assert run.values[-1] == 10
    gradients = dict(zip((node.name for node in graph.nodes), run.gradients, strict=True))
    assert (gradients["x"], gradients["a"], gradients["n"]) == (-6, 1, None)
    graph = parse("x=-3; n=2; y=x^n; y + a", LIMITS)
    run = graph.run(values)
    gradients = dict(zip((node.name for node in graph.nodes), run.gradients, strict=True))
    assert (gradients["x"], gradients["y"], gradients["a"]) == (-6, 1, 1)
    assert gradients["n"] is not None
    assert math.isnan(gradients["n"])
    found = check(run, values)
    assert found.torch.same
    assert found.differences is not None
    assert found.differences.same
    assert found.unsure == ["n"]


def test_a_value_from_outside_assigns_a_name() -> None:
    assert [node.name for node in parse("mx*e", LIMITS, {"mx": 1.0, "e": 2.0}).variables] == ["mx", "e"]
    assert [node.name for node in parse("mx*e", LIMITS).variables] == ["m", "x"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("é", "e\u0301"), ("가", "\u1100\u1161"), ("ℎ", "h"), ("ﬁt", "fit"), ("µ", "μ"), ("π", "pi"), ("w₁", "w1")],
)
def test_two_spellings_are_one_name(one: str, other: str) -> None:
    assert [node.op for node in parse(f"{one} = 2; {one}*{other}", LIMITS).nodes] == ["variable", "multiply"]


def test_the_place_of_a_fault_is_that_of_what_was_typed() -> None:
    with pytest.raises(Fault) as caught:
        parse("\ufeff𝑥\u0302² # here\n½ + µ)", LIMITS)
    assert (caught.value.values["line"], caught.value.values["column"]) == (2, 6)


@pytest.mark.parametrize(
    "name",
    [
        "a" + "1" * 498 + "_",
        "a" + "1_" * 249,
        "a" + "_1" * 249 + "_",
        "a1" * 249 + "__",
        "alpha" + "1" * 494 + "_",
        "sin" + "1" * 496 + "_",
        "x\u0302" * 249 + "_",
        "ab1_2" * 99 + "_",
        "1" * 400 + "a" + "1" * 98 + "_",
    ],
)
def test_the_longest_names_take_no_time(name: str) -> None:
    names = Names(assigned=("a1", "x"))
    begin = process_time()
    assert "".join(names.factors(name)) in (name, name.rstrip("_"))
    names.may_be_factor(name)
    names.function_before(name)
    assert process_time() - begin < 5  # seconds, of which it takes a thousandth; 2ⁿ ways take more than all there are
