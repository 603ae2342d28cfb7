"""The chain rule as a graph: a typed expression, or a network on one training sample, forward and backward, as JSON.

It takes a moment, so that none of this belongs on the event loop. The comparison with torch is made elsewhere, and
comes to the answer as `check_message`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from app.settings import Limits
from app.training_worker.page_data.network_sample import NetworkSample
from app.wire.messages import Refusal, faults_refused
from engine.checking import graph_check
from engine.checking.own_operation_check import check_operation
from engine.graph import network_graph
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.graph import Graph, Run
from engine.graph.modules import Module, network_modules
from engine.graph.own_operation import UPSTREAM, UPSTREAM_VALUE, OwnOperation, check_forward, parse_backward
from engine.spec.spec import Real

LARGEST = float(np.finfo(np.float64).max)

ENTRIES = 32
"""Rows and columns of a tensor that are sent with a module: more cannot be read, and layers may have a million."""


class DetailedRefusal(Exception):  # noqa: N818
    """A refusal with what the page needs besides: the values at which a graph is undefined, the field that is meant."""

    def __init__(self, refusal: Refusal, **details: Any) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.details = details


class ExpressionRequest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    expression: str
    values: dict[str, Real] = {}
    """Of variables, by name; others start with values of our choice, names the expression lacks are passed over."""


class OperationRequest(BaseModel):
    """An operation of one's own: forward an expression, backward the gradients of its variables."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    forward: str
    backward: str
    values: dict[str, Real] = {}
    """Of variables and of g, the gradient that comes back."""


@dataclass(frozen=True)
class Answer:
    message: dict[str, Any]
    run: Run | None
    """What can be compared with torch; None of a network that is too large."""
    values: Mapping[str, float]
    """Of its variables, where they are not the nodes' own."""


@dataclass(frozen=True)
class Judgement:
    """An operation that can be compared with torch at these values."""

    operation: OwnOperation
    values: dict[str, float]
    upstream: float
    message: dict[str, Any]


def expression_answer(request: ExpressionRequest, limits: Limits) -> Answer:
    graph = parse(request.expression, _bounds(limits), request.values)
    values = _values(graph, request.values)
    run = _run(graph, values)
    readings = [asdict(reading) for reading in graph.readings]
    message = {"expression": request.expression, "readings": readings, "values": values, **_nodes(run)}
    return Answer(message, run, values)


def operation_to_judge(request: OperationRequest, limits: Limits) -> Judgement:
    """Raises DetailedRefusal with the field in which the fault is."""
    with _of_field("forward"):
        forward = parse(request.forward, _bounds(limits), request.values)
        check_forward(forward)
        values = _values(forward, request.values)
        value = _run(forward, values).values[-1]
    upstream = float(request.values.get(UPSTREAM, UPSTREAM_VALUE))
    with _of_field("backward"):
        operation = parse_backward(forward, request.backward, _bounds(limits))
        operation.gradients(values, upstream)
    readings = [asdict(reading) for reading in (*forward.readings, *operation.backward.readings)]
    message = {"inputs": operation.inputs, "values": {**values, UPSTREAM: upstream}, "value": value}
    return Judgement(operation, values, upstream, {**message, "readings": readings})


@contextmanager
def _of_field(name: str) -> Iterator[None]:
    try:
        with faults_refused():
            yield
    except Refusal as refusal:
        raise DetailedRefusal(refusal, field=name) from None
    except DetailedRefusal as refusal:
        raise DetailedRefusal(refusal.refusal, field=name, **refusal.details) from None


def _bounds(limits: Limits) -> ExpressionLimits:
    return ExpressionLimits(limits.graph_characters, limits.graph_depth, limits.graph_nodes)


def _values(graph: Graph, given: Mapping[str, float]) -> dict[str, float]:
    values = starting_values(graph)
    return values | {name: float(value) for name, value in given.items() if name in values}


def _run(graph: Graph, values: dict[str, float]) -> Run:
    try:
        with faults_refused():
            return graph.run(values)
    except Refusal as refusal:
        raise DetailedRefusal(refusal, variables=values) from None


def _nodes(run: Run) -> dict[str, Any]:
    """JSON has no NaN: a gradient that does not exist is null, as that of a constant, and listed as undefined."""
    nodes = run.graph.nodes
    return {
        "order": [node.name for node in nodes],
        "undefined": [node.name for node, found in zip(nodes, run.gradients, strict=True) if found and isnan(found)],
        "nodes": [
            {
                "name": node.name,
                "op": node.op,
                "inputs": [nodes[source].name for source in node.inputs],
                "settings": list(node.settings),
                "value": run.values[place],
                "local": _defined(run.slopes[place]),
                "flows": _defined(run.flows[place]),
                "grad": _defined([run.gradients[place]])[0],
            }
            for place, node in enumerate(nodes)
        ],
    }


def _defined(numbers: Iterable[float | None]) -> list[float | None]:
    return [None if number is None or isnan(number) else number for number in numbers]


def check_message(run: Run, values: Mapping[str, float]) -> dict[str, Any]:
    """What torch and finite differences say of it. Loads torch."""
    found = graph_check.check(run, values)
    return {
        "torch": _comparison(found.torch),
        "differences": found.differences and _comparison(found.differences),
        "unsure": found.unsure,
        "products": {name: {"own": own, "library": library} for name, (own, library) in found.products.items()},
    }


def judgement_message(judgement: Judgement) -> dict[str, Any]:
    """What torch and finite differences say of an operation. Loads torch."""
    found = check_operation(judgement.operation, judgement.values, judgement.upstream)
    judged = [
        {
            "name": one.name,
            "own": _finite(one.own),
            "torch": _finite(one.torch),
            "differences": _finite(one.differences),
            "right": one.wrong is None,
            "wrong": one.wrong and {**asdict(one.wrong), "own": _finite(one.wrong.own)},
        }
        for one in found.inputs
    ]
    return {"judged": judged, "right": all(one["right"] for one in judged), "points": found.points}


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def _comparison(found: graph_check.Comparison) -> dict[str, Any]:
    """Where only one of the two has a value, the difference is the largest there is."""
    return {**found.__dict__, "largest": min(found.largest, LARGEST)}


def network_answer(sample: NetworkSample, limits: Limits) -> Answer:
    """Raises Refusal where a number passes all bounds."""
    with np.errstate(over="ignore", invalid="ignore"):
        boxes = network_modules(sample.network, sample.tensors, sample.inputs, sample.targets)
    for box in boxes:
        if not all(np.isfinite(numbers).all() for numbers in _numbers_of(box)):
            raise Refusal("graph_network_overflow", {"node": box.name})
    message: dict[str, Any] = {
        "point": sample.point,
        "points": sample.points,
        "step": sample.step,
        "notes": sample.notes,
        "modules": [_box(box, boxes) for box in boxes],
    }
    try:
        with faults_refused():
            graph = network_graph.scalar_graph(
                sample.network, sample.tensors, sample.inputs, sample.targets, sample.names, limits.graph_nodes
            )
    except Refusal as refusal:
        return Answer({**message, "refusal": refusal.message()}, None, {})
    run = graph.run({})
    return Answer({**message, **_nodes(run)}, run, {})


def _box(box: Module, boxes: Sequence[Module]) -> dict[str, Any]:
    return {
        "name": box.name,
        "op": box.kind,
        "inputs": [boxes[source].name for source in box.inputs],
        "values": box.values.tolist(),
        "grads": None if box.gradients is None else box.gradients.tolist(),
        "flows": [None if flow is None else flow.tolist() for flow in box.flows],
        "tensors": {
            name: {"shape": values.shape, "values": _corner(values), "grads": _corner(grads)}
            for name, (values, grads) in box.tensors.items()
        },
        "buffers": {name: values.tolist() for name, values in box.buffers.items()},
    }


def _corner(tensor: NDArray[np.float64]) -> list[Any]:
    """Its first rows and columns."""
    corner: list[Any] = tensor[(slice(ENTRIES),) * tensor.ndim].tolist()
    return corner


def _numbers_of(box: Module) -> Iterator[NDArray[np.float64]]:
    yield box.values
    if box.gradients is not None:
        yield box.gradients
    yield from (flow for flow in box.flows if flow is not None)
    for values, gradients in box.tensors.values():
        yield values
        yield gradients
    yield from box.buffers.values()
