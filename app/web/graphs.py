"""HTTP for the page of the chain rule: an expression, or a session's network and one sample, as a graph."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from app.sessions.manager import SessionManager
from app.settings import Limits
from app.wire.messages import Refusal, faults_refused
from app.wire.validation import explain, shown
from engine.checking.graph_check import check
from engine.graph import network_graph
from engine.graph.expressions import Bounds, parse, starting_values
from engine.graph.graph import Run
from engine.graph.modules import Module, modules
from engine.nn.network import Network
from engine.spec.spec import Real
from engine.training.trainer import Trainer

ENTRIES = 32
"""Rows and columns of a tensor that are sent with a module: more cannot be read, and layers may have a million."""

NOT_VALUES = ("expression", "check", "refusals")
"""What an address may say besides the values of variables."""

router = APIRouter()


class _Undefined(Exception):  # noqa: N818
    """A graph that has no value at these values of its variables, which may be given others."""

    def __init__(self, refusal: Refusal, values: dict[str, float]) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.values = values


class Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    expression: str
    values: dict[str, Real] = {}
    """Of variables, by name; others start with values of our choice, names the expression lacks are passed over."""


@router.post("/api/graph")
async def graph_of_text(request: Request) -> JSONResponse:
    """{"expression": "a*b+1", "values": {"a": 2}} → nodes in order. ?check=no leaves out the comparison with torch."""

    async def answer() -> dict[str, Any]:
        limits = _limits(request)
        return await asyncio.to_thread(_answer, _asked(await _body(request, limits)), limits, _checked(request))

    return await _said(request, answer)


@router.get("/api/graph")
async def graph_of_address(request: Request) -> JSONResponse:
    """The same, for an address: ?expression=a*b%2B1&a=2"""

    async def answer() -> dict[str, Any]:
        values = {name: text for name, text in request.query_params.items() if name not in NOT_VALUES}
        asked = Asked(expression=request.query_params.get("expression", ""), values=_numbers(values))
        return await asyncio.to_thread(_answer, asked, _limits(request), _checked(request))

    return await _said(request, answer)


@router.get("/api/graph/network")
async def graph_of_network(request: Request) -> JSONResponse:
    """The network of ?session=KEY on the training sample ?point=0: as modules, and as scalars if they are few."""

    async def answer() -> dict[str, Any]:
        manager: SessionManager = request.app.state.manager
        session = manager.known(request.query_params.get("session"))
        if session is None:
            raise Refusal("graph_no_session", {})
        seen = await session.look(lambda trainer: see(trainer, request.query_params.get("point", "0")))
        return await asyncio.to_thread(network_answer, seen, _limits(request), _checked(request))

    return await _said(request, answer)


async def _said(request: Request, answer: Callable[[], Awaitable[dict[str, Any]]]) -> JSONResponse:
    """The answer, or why there is none: with status 422, or 200 for ?refusals=200.

    The page asks for the latter: people type half an expression, and browsers log every 4xx as an error.
    """
    status = 200 if request.query_params.get("refusals") == "200" else 422
    try:
        with faults_refused():
            return JSONResponse(await answer())
    except _Undefined as undefined:
        return JSONResponse({**undefined.refusal.message(), "variables": undefined.values}, status)
    except Refusal as refusal:
        return JSONResponse(refusal.message(), status)


def _limits(request: Request) -> Limits:
    manager: SessionManager = request.app.state.manager
    return manager.limits


def _checked(request: Request) -> bool:
    return request.query_params.get("check") != "no"


async def _body(request: Request, limits: Limits) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.message_bytes:
            raise Refusal("graph_request_too_large", {"limit": limits.message_bytes})
    return bytes(body)


def _asked(body: bytes) -> Asked:
    try:
        return Asked.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise Refusal("not_json", {"problem": first["ctx"]["error"]}) from None
        if not first["loc"]:
            given = shown(first["input"])
            raise Refusal("wrong_type", {"field": "body", "expected": "an object", "given": given}) from None
        raise explain(error, Asked) from None


def _numbers(texts: Mapping[str, str]) -> dict[str, float]:
    numbers = {}
    for name, text in texts.items():
        try:
            numbers[name] = float(text)
        except ValueError:
            numbers[name] = float("nan")
        if not np.isfinite(numbers[name]):
            raise Refusal("wrong_type", {"field": shown(name), "expected": "a finite number", "given": shown(text)})
    return numbers


def _answer(asked: Asked, limits: Limits, checked: bool) -> dict[str, Any]:
    graph = parse(asked.expression, Bounds(limits.graph_characters, limits.graph_depth, limits.graph_nodes))
    values = starting_values(graph)
    values |= {name: float(value) for name, value in asked.values.items() if name in values}
    try:
        with faults_refused():
            run = graph.run(values)
    except Refusal as refusal:
        raise _Undefined(refusal, values) from None
    return {"expression": asked.expression, "values": values, **_picture(run, values, checked)}


def _picture(run: Run, values: Mapping[str, float], checked: bool) -> dict[str, Any]:
    nodes = run.graph.nodes
    return {
        "order": [node.name for node in nodes],
        "nodes": [
            {
                "name": node.name,
                "op": node.op,
                "inputs": [nodes[source].name for source in node.inputs],
                "settings": list(node.settings),
                "value": run.values[place],
                "local": list(run.slopes[place]),
                "flows": list(run.flows[place]),
                "grad": run.gradients[place],
            }
            for place, node in enumerate(nodes)
        ],
        "check": _check(run, values) if checked else None,
    }


def _check(run: Run, values: Mapping[str, float]) -> dict[str, Any]:
    found = check(run, values)
    return {
        "torch": found.torch.__dict__,
        "differences": found.differences and found.differences.__dict__,
        "products": {name: {"own": own, "library": library} for name, (own, library) in found.products.items()},
    }


@dataclass(frozen=True)
class Seen:
    """Of a trainer, between two steps."""

    network: Network
    tensors: network_graph.Tensors
    inputs: network_graph.Vector
    targets: network_graph.Vector
    names: list[str]
    point: int
    points: int
    step: int
    notes: list[str]


def see(trainer: Trainer, point: str) -> Seen:
    """Raises Refusal where there is no such point."""
    points, columns = trainer.train_inputs.shape
    try:
        place = int(point)
    except ValueError:
        raise Refusal("wrong_type", {"field": "point", "expected": "a whole number", "given": shown(point)}) from None
    if not 0 <= place < points:
        raise Refusal("out_of_range", {"field": "point", "given": place, "lowest": 0, "highest": points - 1})
    features: list[str] = list(trainer.spec.features)
    rule = [trainer.spec.optimizer] if trainer.spec.optimizer in ("perceptron", "evolution") else []
    return Seen(
        network=trainer.network,
        tensors={**trainer.parameters(), **trainer.buffers()},
        inputs=trainer.train_inputs[place].astype(np.float64),
        targets=trainer.train_targets[place].astype(np.float64),
        names=features if len(features) == columns else [f"x{column + 1}" for column in range(columns)],
        point=place,
        points=points,
        step=trainer.step,
        notes=[*network_graph.notes(trainer.network), *rule],
    )


def network_answer(seen: Seen, limits: Limits, checked: bool) -> dict[str, Any]:
    """Raises Refusal where a number passes all bounds."""
    with np.errstate(over="ignore", invalid="ignore"):
        boxes = modules(seen.network, seen.tensors, seen.inputs, seen.targets)
    for box in boxes:
        if not all(np.isfinite(numbers).all() for numbers in _numbers_of(box)):
            raise Refusal("graph_network_overflow", {"node": box.name})
    answer: dict[str, Any] = {
        "point": seen.point,
        "points": seen.points,
        "step": seen.step,
        "notes": seen.notes,
        "modules": [_box(box, boxes) for box in boxes],
    }
    try:
        with faults_refused():
            graph = network_graph.scalars(
                seen.network, seen.tensors, seen.inputs, seen.targets, seen.names, limits.graph_nodes
            )
    except Refusal as refusal:
        return {**answer, "refusal": refusal.message()}
    return {**answer, **_picture(graph.run({}), {}, checked)}


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
    for _, gradients in box.tensors.values():
        yield gradients
