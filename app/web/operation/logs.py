"""Logs: what the server writes to standard error: warnings in words, or with `log` set to json a line for each event.

Every request has an id, which its answer tells, too, unless it is a file of the page. Nothing that is logged names a
session or an address, unless the settings ask for addresses.
"""

import json
import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[\w.-]{8,64}")
"""As proxies give them."""

KEY = re.compile(r"(/sessions/)[^/]+")

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "values", {}),
        }
        if (request := request_id.get()) is not None:
            said["request"] = request
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def write_json_lines() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class RequestLog:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.addresses = settings.log_addresses
        self.is_told = settings.log == "json"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        request_id.set(request)  # of this task, which is the request's own
        began, status = time.monotonic(), None

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if "/static/" not in scope["path"]:  # a page asks for many, which never fail
                    MutableHeaders(scope=message)["X-Request-ID"] = request
            elif message["type"] == "websocket.close":
                status = message.get("code")
            await send(message)

        try:
            await self.app(scope, receive, named)
        finally:
            if self.is_told:
                log.info("request", extra={"values": self._values(scope, status, time.monotonic() - began)})

    def _values(self, scope: Scope, status: int | None, seconds: float) -> dict[str, Any]:
        values: dict[str, Any] = {
            "method": scope.get("method", "WEBSOCKET"),
            "path": KEY.sub(r"\1…", scope["path"]),
            "status": status,
            "seconds": round(seconds, 4),
        }
        if self.addresses and scope.get("client"):
            values["address"] = scope["client"][0]
        return values
