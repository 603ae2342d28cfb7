"""Graph: the chain rule on numbers. A computation as nodes in topological order, run forward and then backward.

An operation's value stands beside its slopes. What a node is given from behind, its gradient, it multiplies with each
slope and hands on; a node that is used more than once sums what it gets. Numbers are Python's, 64 bits. How a text
becomes a graph is told in `engine.expressions`, how a network does in `engine.network_graph`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

FaultKind = Literal[
    "too_long", "empty", "character", "needs_value", "ends_early", "open_parenthesis",
    "needs_operator", "closes_nothing", "unknown_function", "reserved_name", "name_taken", "too_few_arguments",
    "too_many_arguments", "too_deep", "too_many_nodes", "number_too_large",
    "log_undefined", "division_by_zero", "root_undefined", "power_undefined", "overflow", "slope_undefined",
    "not_plain", "network_too_large",
]  # fmt: skip


class GraphFault(ValueError):  # noqa: N818
    """What is wrong with an expression, a value in it, or a network that is to become a graph; and where."""

    def __init__(self, kind: FaultKind, **values: str | int | float | list[str]) -> None:
        super().__init__(kind, values)
        self.kind = kind
        self.values = values


Values = Sequence[float]


@dataclass(frozen=True)
class Operation:
    value: Callable[[Values], float]
    """y = value(x); raises GraphFault where there is none."""
    slopes: Callable[[Values, float], Values]
    """∂y/∂xᵢ for each input = slopes(x, y); not a number or infinite where there is none."""
    least: int = 1
    """Inputs it needs."""
    most: int | None = 1
    """Inputs it can have; None: any number."""
    kinks: Callable[[Values], bool] = lambda x: False
    """Whether it has a left and a right slope here that differ."""


def sigmoid(x: float) -> float:
    """1/(1+e⁻ˣ); the exponent is never positive, so that it cannot overflow."""
    e = math.exp(-abs(x))
    return (1 if x >= 0 else e) / (1 + e)


def _log(x: Values) -> float:
    if x[0] <= 0:
        raise GraphFault("log_undefined", given=x[0])
    return math.log(x[0])


def _root(x: Values) -> float:
    if x[0] < 0:
        raise GraphFault("root_undefined", given=x[0])
    return math.sqrt(x[0])


def _quotient(x: Values) -> float:
    if x[1] == 0:
        raise GraphFault("division_by_zero")
    return x[0] / x[1]


def _power(x: Values) -> float:
    base, exponent = x
    if (base == 0 and exponent < 0) or (base < 0 and not exponent.is_integer()):
        raise GraphFault("power_undefined", base=base, exponent=exponent)
    return math.pow(base, exponent)


def _power_slopes(x: Values, y: float) -> Values:
    """b·aᵇ⁻¹ and aᵇ·log a. The second is 0 at a = 0 while b > 0, and does not exist for a < 0."""
    base, exponent = x
    along_exponent = y * math.log(base) if base > 0 else 0.0 if base == 0 and exponent > 0 else math.nan
    if exponent == 0:
        return 0.0, along_exponent
    if base == 0 and exponent < 1:
        return math.inf, along_exponent
    return exponent * math.pow(base, exponent - 1), along_exponent


def _shares(x: Values, y: float) -> Values:
    """1 for the input that is y; those that tie share it, as in torch."""
    return [(value == y) / x.count(y) for value in x]


OPERATIONS: dict[str, Operation] = {
    "add": Operation(lambda x: x[0] + x[1], lambda x, y: (1.0, 1.0), 2, 2),
    "subtract": Operation(lambda x: x[0] - x[1], lambda x, y: (1.0, -1.0), 2, 2),
    "negate": Operation(lambda x: -x[0], lambda x, y: (-1.0,)),
    "multiply": Operation(lambda x: x[0] * x[1], lambda x, y: (x[1], x[0]), 2, 2),
    "divide": Operation(_quotient, lambda x, y: (1 / x[1], -y / x[1]), 2, 2),
    "power": Operation(_power, _power_slopes, 2, 2),
    "copy": Operation(lambda x: x[0], lambda x, y: (1.0,)),
    "sum": Operation(math.fsum, lambda x, y: [1.0] * len(x), 1, None),
    "mean": Operation(lambda x: math.fsum(x) / len(x), lambda x, y: [1 / len(x)] * len(x), 1, None),
    "max": Operation(max, _shares, 2, None, lambda x: x.count(max(x)) > 1),
    "min": Operation(min, _shares, 2, None, lambda x: x.count(min(x)) > 1),
    "exp": Operation(lambda x: math.exp(x[0]), lambda x, y: (y,)),
    "log": Operation(_log, lambda x, y: (1 / x[0],)),
    "sqrt": Operation(_root, lambda x, y: (0.5 / y if y else math.inf,)),
    "abs": Operation(lambda x: abs(x[0]), lambda x, y: ((x[0] > 0) - (x[0] < 0) + 0.0,), kinks=lambda x: x[0] == 0),
    "sin": Operation(lambda x: math.sin(x[0]), lambda x, y: (math.cos(x[0]),)),
    "cos": Operation(lambda x: math.cos(x[0]), lambda x, y: (-math.sin(x[0]),)),
    "tanh": Operation(lambda x: math.tanh(x[0]), lambda x, y: (1 - y * y,)),
    "sigmoid": Operation(lambda x: sigmoid(x[0]), lambda x, y: (y * (1 - y),)),
    "relu": Operation(lambda x: max(x[0], 0.0), lambda x, y: (float(x[0] > 0),), kinks=lambda x: x[0] == 0),
    "softplus": Operation(lambda x: max(x[0], 0.0) + math.log1p(math.exp(-abs(x[0]))), lambda x, y: (sigmoid(x[0]),)),
}
"""At a kink: relu and abs have slope 0, inputs of max and min that tie share theirs; all as in torch."""

SIGNED = ("add", "subtract", "negate", "multiply", "divide", "power", "copy")
FUNCTIONS = tuple(name for name in OPERATIONS if name not in SIGNED)
"""Operations that are written name(…); the others have signs, and copy is what y = x does."""


@dataclass(frozen=True)
class Node:
    name: str
    op: str
    """An operation, or what has no inputs: "variable", whose gradient is wanted, or "constant"."""
    inputs: tuple[int, ...] = ()
    """Places of earlier nodes; one may stand twice."""
    value: float | None = None
    """Of a constant, and of a variable the text itself gives one."""
    at: tuple[int, int] = (0, 0)
    """Line and column in the text, from 1; zeros where there is no text."""


@dataclass(frozen=True)
class Run:
    """A graph with numbers in it. What needs no gradient, because no variable is behind it, has None."""

    graph: "Graph"
    values: tuple[float, ...]
    slopes: tuple[tuple[float | None, ...], ...]
    """∂node/∂input, for each input of each node."""
    flows: tuple[tuple[float | None, ...], ...]
    """Gradient of the node × slope: what goes back along each edge."""
    gradients: tuple[float | None, ...]
    """∂last/∂node: the sum of what comes back along all edges that leave the node."""


@dataclass(frozen=True)
class Graph:
    """Nodes in topological order: inputs stand before what uses them. The last one is what is differentiated."""

    nodes: tuple[Node, ...]

    @cached_property
    def place(self) -> dict[str, int]:
        return {node.name: place for place, node in enumerate(self.nodes)}

    @cached_property
    def variables(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.op == "variable")

    @cached_property
    def active(self) -> tuple[bool, ...]:
        """Whether a node is a variable or computed from one: then it has a gradient."""
        active: list[bool] = []
        for node in self.nodes:
            active.append(node.op == "variable" or any(active[place] for place in node.inputs))
        return tuple(active)

    @staticmethod
    def given(node: Node, values: Mapping[str, float]) -> float:
        """The value of a variable or a constant."""
        if node.value is not None and (node.op == "constant" or node.name not in values):
            return node.value
        return float(values[node.name])

    def forward(self, values: Mapping[str, float]) -> list[float]:
        """Every node's value. values: of variables; one with a value of its own may be left out. Raises GraphFault."""
        found: list[float] = []
        for node in self.nodes:
            if node.op in OPERATIONS:
                value = self._value(node, [found[place] for place in node.inputs])
            else:
                value = self.given(node, values)
            found.append(value)
        return found

    def run(self, values: Mapping[str, float]) -> Run:
        """Forward, then backward from the last node. Raises GraphFault."""
        found = self.forward(values)
        slopes = [self._slopes(node, found, place) for place, node in enumerate(self.nodes)]
        gradients = [0.0 if active else None for active in self.active]
        flows: list[tuple[float | None, ...]] = [()] * len(self.nodes)
        if gradients[-1] is not None:
            gradients[-1] = 1.0
        for place in reversed(range(len(self.nodes))):
            upstream = gradients[place]
            if upstream is None:
                flows[place] = (None,) * len(slopes[place])
                continue
            flows[place] = tuple(None if slope is None else upstream * slope for slope in slopes[place])
            for source, flow in zip(self.nodes[place].inputs, flows[place], strict=True):
                before = gradients[source]
                if flow is not None and before is not None:
                    gradients[source] = self._finite(self.nodes[source], before + flow)
        return Run(self, tuple(found), tuple(slopes), tuple(flows), tuple(gradients))

    def kinks(self, values: Sequence[float]) -> list[str]:
        """Names of the nodes whose slope jumps at these values."""
        return [
            node.name
            for node in self.nodes
            if node.op in OPERATIONS and OPERATIONS[node.op].kinks([values[place] for place in node.inputs])
        ]

    def _value(self, node: Node, inputs: list[float]) -> float:
        try:
            value = OPERATIONS[node.op].value(inputs)
        except OverflowError:
            value = math.inf
        except GraphFault as fault:
            raise GraphFault(fault.kind, **fault.values, **_where(node)) from None
        return self._finite(node, value)

    def _slopes(self, node: Node, values: list[float], place: int) -> tuple[float | None, ...]:
        if node.op not in OPERATIONS:
            return ()
        inputs = [values[source] for source in node.inputs]
        try:
            slopes = OPERATIONS[node.op].slopes(inputs, values[place])
        except (OverflowError, ZeroDivisionError):
            slopes = [math.inf] * len(inputs)
        kept = tuple(slope if self.active[source] else None for slope, source in zip(slopes, node.inputs, strict=True))
        for slope, given in zip(kept, inputs, strict=True):
            if slope is not None and not math.isfinite(slope):
                raise GraphFault("slope_undefined", op=node.op, given=given, **_where(node))
        return kept

    @staticmethod
    def _finite(node: Node, value: float) -> float:
        if not math.isfinite(value):
            raise GraphFault("overflow", **_where(node))
        return value


def _where(node: Node) -> dict[str, str | int]:
    line, column = node.at
    return {"node": node.name, "line": line, "column": column}
