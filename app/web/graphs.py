"""HTTP for the page of the chain rule: an expression, or a session's network and one sample, as a graph."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from app.sessions.manager import SessionManager
from app.settings import Limits
from app.training_worker.port import GetNetworkSample
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed
from app.web.access.questions import Questions
from app.web.access.shares import person
from app.web.graph_answers import (
    Answer,
    DetailedRefusal,
    ExpressionRequest,
    OperationRequest,
    check_message,
    expression_answer,
    judgement_message,
    network_answer,
    operation_to_judge,
)
from app.wire.messages import Refusal, faults_refused
from app.wire.validation import explain, shown

log = logging.getLogger(__name__)

NOT_VALUES = ("expression", "check", "refusals", "session")
"""What an address may say besides the values of variables."""

Asked = TypeVar("Asked", ExpressionRequest, OperationRequest)

router = APIRouter()


@router.post("/api/graph")
async def graph_of_text(request: Request) -> JSONResponse:
    """{"expression": "a*b+1", "values": {"a": 2}} → nodes in order. ?check=no leaves out the comparison with torch."""

    async def answer() -> Answer:
        return await _questions(request).compute(expression_answer, asked, _limits(request))

    try:
        asked = _asked(ExpressionRequest, await _body(request, _limits(request)))
    except Refusal as refusal:
        return _refused(request, refusal)
    return await _said(request, answer)


@router.get("/api/graph")
async def graph_of_address(request: Request) -> JSONResponse:
    """The same, for an address: ?expression=a*b%2B1&a=2"""

    async def answer() -> Answer:
        values = {name: text for name, text in request.query_params.items() if name not in NOT_VALUES}
        asked = ExpressionRequest(expression=request.query_params.get("expression", ""), values=_numbers(values))
        return await _questions(request).compute(expression_answer, asked, _limits(request))

    return await _said(request, answer)


@router.post("/api/graph/operation")
async def own_operation(request: Request) -> JSONResponse:
    """{"forward": "x*y", "backward": "y*g, x*g", "values": {"x": 3, "g": 0.5}} → each gradient beside torch's."""
    processes: Processes = request.app.state.processes
    try:
        asked = _asked(OperationRequest, await _body(request, _limits(request)))
        async with _questions(request).turn(person(request)):
            judgement = await _questions(request).compute(operation_to_judge, asked, _limits(request))
        async with _comparisons(request).turn(person(request)):
            return JSONResponse(judgement.message | await processes.run("check", judgement_message, judgement))
    except DetailedRefusal as detailed:
        return _refused(request, detailed.refusal, **detailed.details)
    except Refusal as refusal:
        return _refused(request, refusal)
    except ProcessHarmed as harm:
        log.warning("an operation could not be compared with torch: %r", harm)
        return _refused(request, Refusal("graph_own_not_judged", {}))
    except Exception:
        log.exception("an operation could not be compared with torch")
        return _refused(request, Refusal("graph_own_not_judged", {}))


@router.get("/api/graph/network")
async def graph_of_network(request: Request) -> JSONResponse:
    """The network of ?session=KEY on the training sample ?point=0: as modules, and as scalars if they are few."""

    async def answer() -> Answer:
        manager: SessionManager = request.app.state.manager
        session = await manager.reach(request.query_params.get("session"))
        if session is None:
            raise Refusal("graph_no_session", {})
        sample = await session.do(GetNetworkSample(request.query_params.get("point", "0")))
        return await _questions(request).compute(network_answer, sample, _limits(request))

    return await _said(request, answer)


async def _said(request: Request, answer: Callable[[], Awaitable[Answer]]) -> JSONResponse:
    """The answer, or why there is none, in this person's turn."""
    try:
        with faults_refused():
            async with _questions(request).turn(person(request)):
                found = await answer()
            return JSONResponse({**found.message, **await _check(request, found)})
    except DetailedRefusal as detailed:
        return _refused(request, detailed.refusal, **detailed.details)
    except Refusal as refusal:
        return _refused(request, refusal)


def _refused(request: Request, refusal: Refusal, **more: Any) -> JSONResponse:
    """With status 422, or 200 for ?refusals=200.

    The page asks for the latter: people type half an expression, and browsers log every 4xx as an error.
    """
    status = 200 if request.query_params.get("refusals") == "200" else 422
    return JSONResponse({**refusal.message(), **more}, status)


async def _check(request: Request, answer: Answer) -> dict[str, Any]:
    """What torch and finite differences say of it, or that they could not be asked. Training and graphs go on, and the
    person's next graph does not wait for it: who types is not kept by a process that loads torch."""
    if answer.run is None:
        return {}
    if request.query_params.get("check") == "no":
        return {"check": None}
    processes: Processes = request.app.state.processes
    try:
        async with _comparisons(request).turn(person(request)):
            return {"check": await processes.run("check", check_message, answer.run, answer.values)}
    except (ProcessHarmed, Refusal) as reason:  # too many wait to be compared: a graph that is there is shown without
        log.warning("a graph could not be compared with torch: %r", reason)
    except Exception:
        log.exception("a graph could not be compared with torch")
    return {"check": None, "check_failed": True}


def _questions(request: Request) -> Questions:
    questions: Questions = request.app.state.questions
    return questions


def _comparisons(request: Request) -> Questions:
    comparisons: Questions = request.app.state.comparisons
    return comparisons


def _limits(request: Request) -> Limits:
    manager: SessionManager = request.app.state.manager
    return manager.limits


async def _body(request: Request, limits: Limits) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.message_bytes:
            raise Refusal("graph_request_too_large", {"limit": limits.message_bytes})
    return bytes(body)


def _asked(kind: type[Asked], body: bytes) -> Asked:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise Refusal("not_json", {"problem": first["ctx"]["error"]}) from None
        if not first["loc"]:
            given = shown(first["input"])
            raise Refusal("wrong_type", {"field": "body", "expected": "an object", "given": given}) from None
        raise explain(error, kind) from None


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
