"""An operation of one's own: forward is an expression, backward one gradient for each of its inputs.

Backward may use every name of forward and g, the gradient that comes back: of forward x·y it is y·g, x·g. Whether it is
right is judged by `engine.checking.own_operation_check`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse_values
from engine.graph.graph import Graph, Node
from engine.graph.tokens import fault_at

UPSTREAM = "g"
"""The gradient that comes back."""
UPSTREAM_VALUE = 0.5
"""Of g where none is given: not 1, with which a backward that leaves g out would look right."""
PREFIXES = ("grad_", "d")
"""Of lines that assign a gradient: grad_x = y·g, dx = y·g."""


@dataclass(frozen=True)
class OwnOperation:
    forward: Graph
    backward: Graph
    """Its variables are g and nodes of forward."""
    outputs: tuple[int, ...]
    """Indices of nodes of backward: the gradient of each input, in the order of the inputs."""

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.forward.variables)

    def gradients(self, values: Mapping[str, float], upstream: float) -> list[float]:
        """Of each input, as backward has them. Raises Fault."""
        saved = dict(zip(self.forward.place, self.forward.forward(values), strict=True))
        found = self.backward.forward({**saved, UPSTREAM: upstream})
        return [found[place] for place in self.outputs]


def check_forward(forward: Graph) -> None:
    """Raises Fault where it has no inputs, or one of them is called g."""
    if not forward.variables:
        raise Fault("graph_own_no_inputs", {})
    if UPSTREAM in forward.place:
        at = forward.nodes[forward.place[UPSTREAM]].at
        raise fault_at("graph_own_upstream", at, name=UPSTREAM)


def parse_backward(forward: Graph, text: str, limits: ExpressionLimits) -> OwnOperation:
    """Raises Fault with line and column, and where the number of gradients is another than that of inputs."""
    backward, listed = parse_values(text, limits, {*forward.place, UPSTREAM})
    own = {node.name for node in backward.nodes if node.op != "variable" or node.value is not None}
    for node in backward.nodes:
        if node.name in own & forward.place.keys() and not _is_unnamed(node):
            raise fault_at("graph_name_taken", node.at, name=node.name)
        if node.op == "variable" and node.value is None and node.name not in {*forward.place, UPSTREAM}:
            raise fault_at("graph_own_unknown_name", node.at, name=node.name, choices=[*_names(forward), UPSTREAM])
    inputs = [node.name for node in forward.variables]
    outputs = listed or _assigned(backward, inputs)
    if len(outputs) != len(inputs):
        raise Fault("graph_own_shape", {"count": len(outputs), "limit": len(inputs), "inputs": inputs})
    return OwnOperation(forward, backward, outputs)


def _assigned(backward: Graph, inputs: list[str]) -> tuple[int, ...]:
    """Gradients that lines assign, such as grad_x = y·g."""
    lines = [[f"{prefix}{name}" for prefix in PREFIXES] for name in inputs]
    found = [next((name for name in names if name in backward.place), None) for names in lines]
    return tuple(backward.place[name] for name in found if name is not None)


def _names(forward: Graph) -> list[str]:
    return [node.name for node in forward.nodes if not (node.op == "constant" and _is_unnamed(node))]


def _is_unnamed(node: Node) -> bool:
    """Whether its name is one that the parser gave: k1, v2."""
    return node.name[0] in "kv" and node.name[1:].isdecimal()
