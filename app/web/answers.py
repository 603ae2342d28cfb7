"""What answers over HTTP have in common: a refusal as a sentence, JSON, and whose turn it is."""

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import Request, Response

from app.sessions.manager import SessionManager
from app.sessions.session import Session
from app.web.access.questions import Questions
from app.web.access.shares import person
from app.web.access.uploads import Upload, Uploads
from app.wire.messages import Refusal, faults_refused

STATUS = {
    "no_such_session": 404,
    "kept_gone": 404,
    "file_too_large": 413,
    "too_many_uploads": 503,
    "too_many_uploads_of_person": 429,
    "too_many_exports": 429,
    "run_cannot_be_fetched": 503,
    "kept_needs_store": 503,
    "kept_not_now": 503,
}
"""Of a refusal; any other is 422."""


async def said(answer: Callable[[], Awaitable[Response]]) -> Response:
    """The answer, or why there is none."""
    try:
        with faults_refused():
            return await answer()
    except Refusal as refusal:
        return json_answer(refusal.message(), STATUS.get(refusal.code, 422))


def json_answer(said: dict[str, Any], status: int = 200) -> Response:
    """In ASCII: what a file holds may be no character at all, and goes back escaped as it came."""
    return Response(json.dumps(said, allow_nan=False), status, media_type="application/json")


def manager_of(request: Request) -> SessionManager:
    manager: SessionManager = request.app.state.manager
    return manager


def body_of(request: Request, limit: int) -> AbstractAsyncContextManager[Upload]:
    uploads: Uploads = request.app.state.uploads
    return uploads.body(request, person(request), limit)


def turn_of(request: Request) -> AbstractAsyncContextManager[None]:
    questions: Questions = request.app.state.questions
    return questions.turn(person(request))


async def session_of(request: Request, key: str) -> Session:
    session = await manager_of(request).reach(key)
    if session is None:
        raise Refusal("no_such_session", {})
    return session
