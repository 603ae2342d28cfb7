"""Draining: a server that stops tells newcomers so at once, and whoever it cuts off, so that both ask again."""

import asyncio
import logging
from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.access.strangers import PROBES
from app.web.security import error_answer

log = logging.getLogger(__name__)

RETRY_AFTER = {"Retry-After": "2"}
"""Seconds: by then another server has taken its place, or this one has been started again."""


class Draining:
    """Sockets are told by their sessions."""

    def __init__(self, app: ASGIApp, is_stopping: Callable[[], bool]) -> None:
        self.app = app
        self.is_stopping = is_stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if self.is_stopping() and scope["path"] not in PROBES:
            return await _answer(scope)(scope, receive, send)
        has_answered = False

        async def noted(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except asyncio.CancelledError:
            if not self.is_stopping():
                raise
            log.warning("a request was cut off, for the server stops")
            if not has_answered:
                await _answer(scope)(scope, receive, send)


def _answer(scope: Scope) -> Response:
    return error_answer(Request(scope), 503, "server_stopping", {}, RETRY_AFTER)
