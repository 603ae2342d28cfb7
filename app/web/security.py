"""Security headers on every answer, and errors as sentences: JSON for programs, a small page for people."""

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.pages import templates
from app.wire.messages import CloseCode, ErrorCode, HttpCode, sentence
from app.wire.validation import explain_parameter
from engine.fault import Value

log = logging.getLogger(__name__)

CODES: dict[int, HttpCode] = {404: "not_found", 405: "method_not_allowed", 500: "page_failed"}
"""HTTP status → sentence; any other is a bad request."""


def security_headers(frame_ancestors: str) -> dict[str, str]:
    """Nothing may come from another host, and no inline script runs.

    Plotly writes style attributes, and saves pictures through blobs. Eval stays allowed for those who drive a browser
    from a program and wait for an expression; no code of the page evaluates text.
    """
    return {
        "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-eval'; img-src 'self' data: blob:; "
        "style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {frame_ancestors}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


class SecurityHeaders:
    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)  # a file has a narrower policy of its own
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class AnswerHead:
    """HEAD wherever there is GET: the same answer, of which the server sends no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        await self.app({**scope, "method": "GET"} if is_head else scope, receive, send)


def add_error_answers(app: FastAPI, headers: dict[str, str]) -> None:
    """headers: of an answer that no middleware sees any more, after a failure."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _answer(request, error.status_code, error.headers)

    async def gone(request: Request, _error: Exception) -> Response:
        """Whoever sends has left; nobody hears the answer. The path as it is declared, without the key of a session."""
        log.warning("a request to %s ended before all of it had come", request.scope["route"].path)
        return Response(status_code=400)

    async def misread(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        refusal = explain_parameter(error.errors()[0])
        return error_answer(request, 422, refusal.code, refusal.values)

    async def failed(request: Request, _error: Exception) -> Response:
        return _answer(request, 500, headers)

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(RequestValidationError, misread)
    app.add_exception_handler(Exception, failed)


def _answer(request: Request, status: int, headers: object = None) -> Response:
    code = CODES.get(status, "bad_request")
    kept: dict[str, str] = dict(headers) if isinstance(headers, dict) else {}
    values: dict[str, Value] = {}
    if code in ("not_found", "method_not_allowed"):
        values["path"] = request.url.path[:80]
    if code == "method_not_allowed":
        values["method"] = request.method
        values["allowed"] = ", ".join(sorted(kept.get("Allow", "GET").split(", ")))
    return error_answer(request, status, code, values, kept)


def home(path: str) -> str:
    """The way from a page to the first one, under whatever path a proxy serves both."""
    return "../" * (path.count("/") - 1) or "./"


def error_answer(
    request: Request,
    status: int,
    code: HttpCode | ErrorCode | CloseCode,
    values: dict[str, Value],
    headers: dict[str, str] | None = None,
) -> Response:
    said = sentence(code, values)
    if request.url.path.startswith(("/api/", "/healthz", "/readyz")):
        return JSONResponse({"code": code, "message": said, "values": values}, status, headers)
    page = templates.get_template("error.html").render(status=status, message=said, home=home(request.url.path))
    return HTMLResponse(page, status, headers)
