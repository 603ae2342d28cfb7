"""Graph: automatic differentiation of scalars. Nodes in topological order, evaluated forward, then backward.

Backward, each node multiplies its gradient by the slope of each of its inputs and passes the product to that input; a
node that is used more than once sums what it receives. The operations are in `engine.graph.operations`; graphs are
made from text in `engine.graph.expressions` and from a network in `engine.graph.network_graph`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.fault import Fault
from engine.graph.names import Reading
from engine.graph.operations import OPERATIONS


@dataclass(frozen=True)
class Node:
    name: str
    op: str
    """A name in OPERATIONS, or, of a node without inputs, "variable", whose gradient is computed, or "constant"."""
    inputs: tuple[int, ...] = ()
    """Indices of earlier nodes; one may occur twice."""
    value: float | None = None
    """Of a constant, and of a variable to which the text assigns one."""
    settings: tuple[float, ...] = ()
    """Constant arguments after the inputs, such as the slope of a leaky_relu."""
    at: tuple[int, int] = (0, 0)
    """Line and column in the text, from 1; zeros where there is no text."""


@dataclass(frozen=True)
class Run:
    """The numbers of a forward and backward pass. Gradients are None where a node depends on no variable, and NaN, as
    in torch, where they go through a slope that does not exist."""

    graph: "Graph"
    values: tuple[float, ...]
    slopes: tuple[tuple[float | None, ...], ...]
    """∂node/∂input, for each input of each node."""
    flows: tuple[tuple[float | None, ...], ...]
    """Gradient of the node × slope, for each input of each node: what the node passes back along that edge."""
    gradients: tuple[float | None, ...]
    """∂last/∂node: the sum of the flows along all edges from the node to its users."""


@dataclass(frozen=True)
class Graph:
    """Nodes in topological order, inputs before their users. The last node is differentiated."""

    nodes: tuple[Node, ...]
    readings: tuple[Reading, ...] = ()
    """How its text was read where it could be meant otherwise."""

    @cached_property
    def place(self) -> dict[str, int]:
        """Name of each node → its index in `nodes`."""
        return {node.name: index for index, node in enumerate(self.nodes)}

    @cached_property
    def variables(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.op == "variable")

    @cached_property
    def active(self) -> tuple[bool, ...]:
        """Whether each node is a variable or depends on one."""
        required: list[bool] = []
        for node in self.nodes:
            required.append(node.op == "variable" or any(required[source] for source in node.inputs))
        return tuple(required)

    @staticmethod
    def given(node: Node, values: Mapping[str, float]) -> float:
        """The value of a variable or a constant."""
        if node.value is not None and (node.op == "constant" or node.name not in values):
            return node.value
        return float(values[node.name])

    def forward(self, values: Mapping[str, float]) -> list[float]:
        """The value of every node. values: of variables; may omit those with a value of their own. Raises Fault."""
        results: list[float] = []
        for node in self.nodes:
            is_leaf = node.op not in OPERATIONS
            results.append(self.given(node, values) if is_leaf else self._value(node, self.arguments(node, results)))
        return results

    def run(self, values: Mapping[str, float]) -> Run:
        """Forward, then backward from the last node. Raises Fault."""
        results = self.forward(values)
        slopes = [self._slopes(node, results, index) for index, node in enumerate(self.nodes)]
        gradients = [0.0 if required else None for required in self.active]
        flows: list[tuple[float | None, ...]] = [()] * len(self.nodes)
        if gradients[-1] is not None:
            gradients[-1] = 1.0
        for index in reversed(range(len(self.nodes))):
            upstream = gradients[index]
            if upstream is None:
                flows[index] = (None,) * len(slopes[index])
                continue
            flows[index] = tuple(None if slope is None else upstream * slope for slope in slopes[index])
            for source, flow in zip(self.nodes[index].inputs, flows[index], strict=True):
                sum_so_far = gradients[source]
                if flow is not None and sum_so_far is not None:
                    total = sum_so_far + flow
                    gradients[source] = total if math.isnan(total) else self._finite(self.nodes[source], total)
        return Run(self, tuple(results), tuple(slopes), tuple(flows), tuple(gradients))

    def pieces(self, values: Sequence[float]) -> list[int | None]:
        """The smooth piece on which each operation is, given the values of all nodes; None at a kink."""
        return [OPERATIONS[node.op].piece(self.arguments(node, values)) for node in self.nodes if node.op in OPERATIONS]

    @staticmethod
    def arguments(node: Node, values: Sequence[float]) -> list[float]:
        """The arguments of an operation: values of its inputs, then its settings."""
        return [*(values[source] for source in node.inputs), *node.settings]

    def _value(self, node: Node, inputs: list[float]) -> float:
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                value = OPERATIONS[node.op].value(inputs)
        except OverflowError:
            value = math.inf
        except Fault as fault:
            raise Fault(fault.code, {**fault.values, **_where(node)}) from None
        return self._finite(node, value)

    def _slopes(self, node: Node, values: list[float], index: int) -> tuple[float | None, ...]:
        if node.op not in OPERATIONS:
            return ()
        inputs = self.arguments(node, values)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                slopes = OPERATIONS[node.op].slopes(inputs, values[index])
        except (OverflowError, ZeroDivisionError):
            slopes = [math.inf] * len(inputs)
        of_inputs = slopes[: len(node.inputs)]  # settings are constants
        kept = tuple(
            slope if self.active[source] else None for slope, source in zip(of_inputs, node.inputs, strict=True)
        )
        for slope, value in zip(kept, inputs, strict=False):
            if slope is not None and math.isinf(slope):
                raise Fault("graph_slope_undefined", {"op": node.op, "given": value, **_where(node)})
        return kept

    @staticmethod
    def _finite(node: Node, value: float) -> float:
        if not math.isfinite(value):
            raise Fault("graph_overflow", _where(node))
        return value


def _where(node: Node) -> dict[str, str | int]:
    line, column = node.at
    return {"node": node.name, "line": line, "column": column}
