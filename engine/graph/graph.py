"""Graph: the chain rule on numbers. A computation as nodes in topological order, run forward and then backward.

What a node is given from behind, its gradient, it multiplies with each of its slopes and hands on; a node that is used
more than once sums what it gets. What a node can do stands in `engine.graph.operations`; how a text becomes a graph is
told in `engine.graph.expressions`, how a network does in `engine.graph.network_graph`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.fault import Fault
from engine.graph.operations import OPERATIONS


@dataclass(frozen=True)
class Node:
    name: str
    op: str
    """An operation, or what has no inputs: "variable", whose gradient is wanted, or "constant"."""
    inputs: tuple[int, ...] = ()
    """Places of earlier nodes; one may stand twice."""
    value: float | None = None
    """Of a constant, and of a variable the text itself gives one."""
    settings: tuple[float, ...] = ()
    """Numbers that stand behind its inputs, such as the slope of a leaky_relu."""
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
        """Every node's value. values: of variables; one with a value of its own may be left out. Raises Fault."""
        found: list[float] = []
        for node in self.nodes:
            computed = node.op in OPERATIONS
            found.append(self._value(node, self.given_to(node, found)) if computed else self.given(node, values))
        return found

    def run(self, values: Mapping[str, float]) -> Run:
        """Forward, then backward from the last node. Raises Fault."""
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

    def pieces(self, values: Sequence[float]) -> list[int | None]:
        """On which of its smooth pieces each operation is at these values of all nodes; None at a kink."""
        return [OPERATIONS[node.op].piece(self.given_to(node, values)) for node in self.nodes if node.op in OPERATIONS]

    @staticmethod
    def given_to(node: Node, values: Sequence[float]) -> list[float]:
        """What an operation is computed from, its settings last."""
        return [*(values[place] for place in node.inputs), *node.settings]

    def _value(self, node: Node, inputs: list[float]) -> float:
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                value = OPERATIONS[node.op].value(inputs)
        except OverflowError:
            value = math.inf
        except Fault as fault:
            raise Fault(fault.code, {**fault.values, **_where(node)}) from None
        return self._finite(node, value)

    def _slopes(self, node: Node, values: list[float], place: int) -> tuple[float | None, ...]:
        if node.op not in OPERATIONS:
            return ()
        inputs = self.given_to(node, values)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                slopes = OPERATIONS[node.op].slopes(inputs, values[place])
        except (OverflowError, ZeroDivisionError):
            slopes = [math.inf] * len(inputs)
        asked = slopes[: len(node.inputs)]  # a setting stays as it is
        kept = tuple(slope if self.active[source] else None for slope, source in zip(asked, node.inputs, strict=True))
        for slope, given in zip(kept, inputs, strict=False):
            if slope is not None and not math.isfinite(slope):
                raise Fault("graph_slope_undefined", {"op": node.op, "given": given, **_where(node)})
        return kept

    @staticmethod
    def _finite(node: Node, value: float) -> float:
        if not math.isfinite(value):
            raise Fault("graph_overflow", _where(node))
        return value


def _where(node: Node) -> dict[str, str | int]:
    line, column = node.at
    return {"node": node.name, "line": line, "column": column}
