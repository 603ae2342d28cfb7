"""The chain rule as a graph: a typed expression, or a network on one training sample, forward and backward, as JSON.

It takes a moment, so that none of this belongs on the event loop. The comparison with torch is made elsewhere, and
comes to the answer as `check_message`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from app.settings import Limits
from app.training_worker.port import NetworkSample
from app.wire.messages import Refusal, faults_refused
from engine.checking import graph_check
from engine.graph import network_graph
from engine.graph.expressions import ExpressionLimits, parse, starting_values
from engine.graph.graph import Run
from engine.graph.modules import Module, network_modules
from engine.spec.spec import Real

LARGEST = float(np.finfo(np.float64).max)

ENTRIES = 32
"""Rows and columns of a tensor that are sent with a module: more cannot be read, and layers may have a million."""


class Undefined(Exception):  # noqa: N818
    """A graph that has no value at these values of its variables, which may be given others."""

    def __init__(self, refusal: Refusal, values: dict[str, float]) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.values = values


class ExpressionRequest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    expression: str
    values: dict[str, Real] = {}
    """Of variables, by name; others start with values of our choice, names the expression lacks are passed over."""


@dataclass(frozen=True)
class Answer:
    message: dict[str, Any]
    run: Run | None
    """What can be compared with torch; None of a network that is too large."""
    values: Mapping[str, float]
    """Of its variables, where they are not the nodes' own."""


def expression_answer(request: ExpressionRequest, limits: Limits) -> Answer:
    bounds = ExpressionLimits(limits.graph_characters, limits.graph_depth, limits.graph_nodes)
    graph = parse(request.expression, bounds, request.values)
    values = starting_values(graph)
    values |= {name: float(value) for name, value in request.values.items() if name in values}
    try:
        with faults_refused():
            run = graph.run(values)
    except Refusal as refusal:
        raise Undefined(refusal, values) from None
    readings = [asdict(reading) for reading in graph.readings]
    return Answer(
        {"expression": request.expression, "readings": readings, "values": values, **_nodes(run)}, run, values
    )


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
