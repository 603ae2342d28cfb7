"""Lone surrogates, which JSON can say and UTF-8 cannot: wherever a person may send text they are answered in words, in
valid JSON, and the connection goes on."""

import asyncio
import contextlib
import http.client
import json
import re
import socket as sockets
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from websockets.asyncio.client import ClientConnection, connect

from app.main import create_app
from app.settings import Settings
from app.web.files import PointsQuery
from app.wire.commands import COMMANDS
from engine import Spec
from engine.fault import Fault
from engine.kept import playground_file
from tests.app.running import PATIENCE, Running, running_server
from tests.app.web.test_sockets import address, receive
from tests.app.wire.test_commands import GOOD
from tests.engine.kept.experiments import experiment
from tests.engine.training.test_model_file import zipped

HIGH, LOW = "\ud83d", "a\udc00b"
QUOTED, RAW = "%ED%A0%BD", b"\xed\xa0\xbd"
"""HIGH in an address, and as the bytes of no UTF-8."""


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder, unbounded = tmp_path_factory.mktemp("kept"), str(10**6)
    limits = {f"limits__{name}": unbounded for name in ("commands_per_second", "commands_burst", "connections")}
    with running_server(store="", data=str(folder), metrics="yes", **limits) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
async def socket(keeping: Running) -> AsyncIterator[ClientConnection]:
    async with connect(address(keeping)) as socket:
        yield socket


def spoiled(value: Any) -> Iterator[Any]:
    """The same with a surrogate in each of its places, as a value and as the name of a field."""
    yield HIGH
    if isinstance(value, dict):
        yield {**value, HIGH: 1}
        for name, inner in value.items():
            yield from ({**value, name: one} for one in spoiled(inner))
    if isinstance(value, list):
        for place, inner in enumerate(value[:2]):
            yield from ([*value[:place], one, *value[place + 1 :]] for one in spoiled(inner))


def spoiled_commands(kind: str) -> Iterator[dict[str, Any]]:
    for command in GOOD:
        if command["type"] == kind:
            yield from (one for one in spoiled(command) if isinstance(one, dict))
            yield from ({**command, name: LOW} for name in COMMANDS[kind].model_fields)
    if kind == "configure":
        for name in Spec.model_fields:
            yield from ({"type": kind, "spec": {name: one}} for one in (LOW, [LOW], {LOW: 1}, [[0, 0, LOW]]))


async def answer(socket: ClientConnection) -> dict[str, Any]:
    """What is said of the last command: an error, or that a question cannot be answered."""
    while True:
        said = await receive(socket)
        if said["type"] == "error" or said.get("failed"):
            return said


@pytest.mark.parametrize("kind", COMMANDS)
async def test_every_command_answers_in_words(kind: str, socket: ClientConnection) -> None:
    for command in spoiled_commands(kind):
        await socket.send(json.dumps(command))
        said = await answer(socket)
        assert said["type"] == "run_picture" or said["message"].encode().endswith(b"."), command
    await socket.send("{}")
    assert (await answer(socket))["code"] == "missing_type"


def routes(of: Iterable[Any]) -> Iterator[APIRoute]:
    for route in of:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from routes(included.routes)


EVERY = routes(create_app(Settings(metrics=True)).routes)
ROUTES = sorted((method, route.path) for route in EVERY for method in route.methods or ())
PARAMETERS = ("session", "tab", "expression", "refusals", "point", "a", *PointsQuery.model_fields, QUOTED)
GOOD_BODIES = [{"name": "mine", "note": ""}, {"expression": "a", "values": {"a": 1}}, {"forward": "x", "backward": "y"}]
BODIES = [
    RAW,
    b'{"name":"%b"}' % RAW,
    b"word=%b" % QUOTED.encode(),
    b"x1,x2,%b\n1,2,3\n" % RAW,
    json.dumps({"format": playground_file.FORMAT, "version": playground_file.VERSION, "arrays": {HIGH: 0}}).encode(),
    json.dumps([["x1", "x2", HIGH], [1, 2, HIGH]]).encode(),
    zipped(b"\x80\x02}X\x03\x00\x00\x00%bK\x01s." % RAW),
    (9).to_bytes(8, "little") + b'{"\\ud83d":1}',
    *(json.dumps(one).encode() for body in GOOD_BODIES for one in spoiled(body)),
]


def asked(server: Running, method: str, path: str, body: bytes | None = None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request(method, path, body)
    answer = connection.getresponse()
    said, kind = answer.read(), answer.headers["Content-Type"] or ""
    connection.close()
    assert answer.status in (200, 404, 405, 413, 422), (path, body, said)
    if "json" in kind:
        found = json.loads(said.decode())
        assert answer.status == 200 or found["message"].endswith("."), (path, body, found)


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(one) for one in ROUTES])
async def test_every_route_answers_in_words(method: str, path: str, keeping: Running, socket: ClientConnection) -> None:
    key = (await receive(socket))["session"]
    unknown, known = (re.sub(r"{.*?}", QUOTED, one) for one in (path, path.replace("{key}", key)))
    await asyncio.to_thread(asked, keeping, method, unknown)
    for parameter in PARAMETERS if path.startswith("/api/") else ():
        of_session = "" if parameter == "session" else f"session={key}&"
        await asyncio.to_thread(asked, keeping, method, f"{known}?check=no&{of_session}{parameter}={QUOTED}")
    if method in ("POST", "PATCH"):
        for body in BODIES:
            await asyncio.to_thread(asked, keeping, method, f"{known}?check=no&session={key}", body)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /%b HTTP/1.1\r\nHost: localhost",
        b"GET /api/kept?tab=%b HTTP/1.1\r\nHost: localhost",
        b"%b /api/kept HTTP/1.1\r\nHost: localhost",
        b"GET /api/kept HTTP/1.1\r\nHost: %b",
        b"GET /api/kept HTTP/1.1\r\nHost: localhost\r\nOrigin: http://%b",
        b"GET /api/kept HTTP/1.1\r\nHost: localhost\r\nCookie: playground-kept=%b",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %b\r\nX-Request-ID: %b",
    ],
)
def test_every_head_is_answered(head: bytes, keeping: Running) -> None:
    with sockets.create_connection(("127.0.0.1", keeping.port), PATIENCE) as connection:
        connection.sendall(head.replace(b"%b", RAW) + b"\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    status = int(said.split(b" ")[1])
    assert status == 200 or 400 <= status < 500
    assert said.partition(b"\r\n\r\n")[2].decode()


def test_nothing_of_it_is_read_of_a_file_with_an_experiment() -> None:
    original = playground_file.write(experiment(Spec(), 2))
    content = json.loads(original)
    for one in spoiled(content):
        with contextlib.suppress(Fault):
            assert playground_file.write(playground_file.read(json.dumps(one).encode())) == original, one
