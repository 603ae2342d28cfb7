"""A graph of scalars run by torch in float64, as the oracle of `engine.graph.graph`.

Multiply is the usual first example of a torch.autograd.Function: forward saves its inputs, backward swaps them. Its
gradients are shown beside those of torch.mul.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional

from engine.graph.graph import Graph, Run
from engine.graph.own_operation import UPSTREAM, OwnOperation

Tensors = Sequence[torch.Tensor]

OPERATIONS: dict[str, Callable[[Tensors], torch.Tensor]] = {
    "add": lambda x: x[0] + x[1],
    "subtract": lambda x: x[0] - x[1],
    "negate": lambda x: -x[0],
    "multiply": lambda x: x[0] * x[1],
    "divide": lambda x: x[0] / x[1],
    "power": lambda x: torch.pow(x[0], x[1]),
    "copy": lambda x: x[0].clone(),
    "sum": lambda x: torch.stack(list(x)).sum(),
    "mean": lambda x: torch.stack(list(x)).mean(),
    "max": lambda x: torch.stack(list(x)).amax(),
    "min": lambda x: torch.stack(list(x)).amin(),
    "exp": lambda x: x[0].exp(),
    "log": lambda x: x[0].log(),
    "sqrt": lambda x: x[0].sqrt(),
    "abs": lambda x: x[0].abs(),
    "sin": lambda x: x[0].sin(),
    "cos": lambda x: x[0].cos(),
    "tan": lambda x: x[0].tan(),
    "step": lambda x: torch.sign(torch.relu(x[0])),  # unlike a comparison it has a derivative, 0
    "sigmoid": lambda x: x[0].sigmoid(),
    "tanh": lambda x: x[0].tanh(),
    "relu": lambda x: x[0].relu(),
    "leaky_relu": lambda x: functional.prelu(x[0].reshape(1), x[1].reshape(1))[0],
    "elu": lambda x: torch.where(x[0] > 0, x[0], x[1] * functional.elu(torch.clamp(x[0], max=0))),
    "softplus": lambda x: functional.softplus(x[0], threshold=1000),
    "silu": lambda x: functional.silu(x[0]),
    "gelu": lambda x: functional.gelu(x[0]),
    "huber": lambda x: torch.where(x[0].abs() <= x[1], x[0] ** 2 / 2, x[1] * (x[0].abs() - x[1] / 2)),
    "logsumexp": lambda x: torch.stack(list(x)).logsumexp(0),
    "softmax": lambda x: torch.stack(list(x)).softmax(0)[0],
    "standardize": lambda x: (x[0] - x[1]) / (x[2] + x[3]).sqrt(),
}
"""One entry per operation of a graph. torch's softplus is the identity beyond its threshold, which is out of reach
here. torch's elu and huber take their settings as numbers; here these may be nodes with a gradient."""


class Multiply(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, y = ctx.saved_tensors
        return y * g, x * g


def values_and_gradients(graph: Graph, values: Mapping[str, float]) -> tuple[list[float], list[float | None]]:
    """Of every node, as `Graph.run` gives them: a variable the last node does not depend on has gradient 0."""
    leaves = {
        node.name: _number(graph.given(node, values)).requires_grad_(active)
        for node, active in zip(graph.nodes, graph.active, strict=True)
        if node.op not in OPERATIONS
    }
    tensors = _run(graph, leaves)
    for tensor, active in zip(tensors, graph.active, strict=True):
        if active:
            tensor.retain_grad()
    if graph.active[-1]:
        tensors[-1].backward()  # type: ignore[no-untyped-call]
    gradients = [
        None if not active else 0.0 if tensor.grad is None else tensor.grad.item()
        for tensor, active in zip(tensors, graph.active, strict=True)
    ]
    return [tensor.item() for tensor in tensors], gradients


def _number(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


def _run(graph: Graph, leaves: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
    """Every node. leaves: of variables, by name; those with a value of their own, and constants, may be left out."""
    tensors: list[torch.Tensor] = []
    for node in graph.nodes:
        if node.op in OPERATIONS:
            arguments = [*(tensors[place] for place in node.inputs), *map(_number, node.settings)]
            tensors.append(OPERATIONS[node.op](arguments))
        else:
            is_leaf = node.op == "variable" and node.name in leaves  # constants of two graphs have the same names
            tensors.append(leaves[node.name] if is_leaf else _number(graph.given(node, {})))
    return tensors


def own_gradients(operation: OwnOperation, values: Mapping[str, float], upstream: float) -> list[list[float]]:
    """Of each input: as a torch.autograd.Function with the operation's own backward, and by torch's."""

    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: torch.Tensor) -> torch.Tensor:
            tensors = _run(operation.forward, dict(zip(operation.inputs, inputs, strict=True)))
            ctx.save_for_backward(*tensors)
            return tensors[-1].clone()

        @staticmethod
        def backward(ctx: Any, g: torch.Tensor) -> tuple[torch.Tensor, ...]:
            saved = dict(zip(operation.forward.place, ctx.saved_tensors, strict=True))
            found = _run(operation.backward, {**saved, UPSTREAM: g})
            return tuple(found[place] for place in operation.outputs)

    def library(*inputs: torch.Tensor) -> torch.Tensor:
        return _run(operation.forward, dict(zip(operation.inputs, inputs, strict=True)))[-1]

    given = [operation.forward.given(node, values) for node in operation.forward.variables]
    return [_back(Own.apply, given, upstream), _back(library, given, upstream)]


def products(run: Run) -> dict[str, tuple[list[float], list[float]]]:
    """Gradients of the inputs of each multiplication, by its name: of Multiply, and of torch.mul."""
    answers = {}
    for node, upstream in zip(run.graph.nodes, run.gradients, strict=True):
        if node.op == "multiply" and upstream is not None and math.isfinite(upstream):
            inputs = [run.values[place] for place in node.inputs]
            answers[node.name] = (_back(Multiply.apply, inputs, upstream), _back(torch.mul, inputs, upstream))
    return answers


def _back(operation: Callable[..., torch.Tensor], inputs: list[float], upstream: float) -> list[float]:
    tensors = [_number(value).requires_grad_() for value in inputs]
    found = torch.autograd.grad(operation(*tensors), tensors, _number(upstream), allow_unused=True)
    return [0.0 if grad is None else grad.item() for grad in found]
