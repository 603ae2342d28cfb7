"""Class word: where the settings name one, everybody types it once in their browser, and guesses are slowed.

It keeps passers-by out. It is no password of a person: a whole class knows it.
"""

import asyncio
import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from app.settings import Limits
from app.web.access.questions import Questions
from app.web.access.shares import Person, address_of
from app.web.access.strangers import PROBES
from app.web.pages import templates
from app.web.security import error_answer, home
from app.wire.messages import Closing, Refusal

COOKIE = "playground-class"
KEPT_SECONDS = 365 * 24 * 3600
"""A school year."""

WRONG_SECONDS = 1.0
"""Between two guesses of one address, of which the first was wrong."""

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""Where no referrer may be told, a browser sends a form without its origin, and it is taken for another site's."""

LONGEST_FORM = 1000
"""Bytes."""


class ClassWord:
    def __init__(self, app: ASGIApp, word: str, limits: Limits) -> None:
        self.app = app
        self.word = _plain(word)
        self.token = hmac.digest(self.word, b"playground", hashlib.sha256).hex()
        self.guesses = Questions(limits.queued_questions, limits.queued_questions_of_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PROBES or self._knows_it(scope):
            return await self.app(scope, receive, send)
        if scope["type"] == "websocket":
            return await _refuse(WebSocket(scope, receive, send))
        request = Request(scope, receive)
        is_guess = request.method == "POST" and request.url.path == "/enter"
        answer = await self._guessed(request) if is_guess else _asking(request)
        return await answer(scope, receive, send)

    def _knows_it(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
        try:
            token = SimpleCookie(given)[COOKIE].value
        except (CookieError, KeyError):
            return False
        return hmac.compare_digest(token.encode(), self.token.encode())

    async def _guessed(self, request: Request) -> Response:
        """One guess of an address after another, so that many at once are no quicker."""
        guess = _plain(await _word_of(request))
        try:
            async with self.guesses.turn(Person(address_of(request))):
                if hmac.compare_digest(guess, self.word):
                    return self._welcome(request)
                await asyncio.sleep(WRONG_SECONDS)
        except Refusal as refusal:
            return error_answer(request, 429, refusal.code, refusal.values)
        return _page(request, 403, wrong=True)

    def _welcome(self, request: Request) -> Response:
        answer = RedirectResponse("./", 303)
        is_secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, self.token, KEPT_SECONDS, path="/", secure=is_secure, httponly=True, samesite="lax")
        return answer


def _plain(word: str) -> bytes:
    """As it is heard: capitals and blanks around it do not matter."""
    return word.strip().casefold().encode()


async def _word_of(request: Request) -> str:
    form = bytearray()
    async for chunk in request.stream():
        if len(form) <= LONGEST_FORM:
            form += chunk[:LONGEST_FORM]
    return parse_qs(form.decode(errors="replace")).get("word", [""])[0]


def _asking(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        return error_answer(request, 401, "class_word", {})
    return _page(request, 401, wrong=False)


def _page(request: Request, status: int, wrong: bool) -> Response:
    page = templates.get_template("class_word.html").render(home=home(request.url.path), wrong=wrong)
    return HTMLResponse(page, status, HEADERS)


async def _refuse(socket: WebSocket) -> None:
    """Accepts first: a browser hears nothing of a refused handshake."""
    closing = Closing("class_word")
    await socket.accept()
    await socket.close(closing.code, closing.reason)
