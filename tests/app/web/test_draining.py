"""A server that stops: newcomers are told at once, and so is whoever it cuts off; who watches over it is answered."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.web.operation.draining import Draining


class Answering:
    """Answers at once, or never."""

    def __init__(self, ever: bool) -> None:
        self.ever = ever
        self.began = asyncio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.began.set()
        if not self.ever:
            await asyncio.Event().wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def ask(app: Draining, path: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    await app({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
    headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], headers, json.loads(said[1]["body"])


@pytest.mark.parametrize(("path", "status"), [("/api/presets", 503), ("/healthz", 200), ("/readyz", 200)])
async def test_newcomers_are_told_at_once(path: str, status: int) -> None:
    found, headers, said = await ask(Draining(Answering(ever=True), lambda: True), path)
    assert found == status
    if status == 503:
        assert headers["retry-after"] == "2"
        assert said["code"] == "server_stopping"


async def test_nothing_changes_while_it_goes_on() -> None:
    assert (await ask(Draining(Answering(ever=True), lambda: False), "/api/presets"))[0] == 200


@pytest.mark.parametrize("stops", [False, True])
async def test_whoever_is_cut_off_is_told_in_words(stops: bool) -> None:
    stopping, app = [False], Answering(ever=False)
    asking = asyncio.create_task(ask(Draining(app, lambda: stopping[0]), "/api/presets"))
    await app.began.wait()
    stopping[0] = stops
    asking.cancel()
    if stops:
        status, _, said = await asking
        assert (status, said["code"]) == (503, "server_stopping")
    else:
        with pytest.raises(asyncio.CancelledError):
            await asking
