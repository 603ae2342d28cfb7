"""Bounds of connections, through a server in another process: slow, endless and huge requests, and floods of frames."""

import asyncio
import contextlib
import socket as sockets
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect

from app.settings import Limits, Settings
from app.web.protocols import Config, owner
from app.wire.messages import Closing, sentence
from tests.app.fake_viewer import PATIENCE
from tests.app.running import Running, running_server
from tests.app.web.test_sockets import HANDSHAKE, address, say, told, until

EMPTY_PING = b"\x89\x80\0\0\0\0"
LONG_PING = b"\x89\xfd\0\0\0\0" + bytes(125)
UNASKED_PONG = b"\x8a\x80\0\0\0\0"
FRAGMENTS = b"\x01\x80\0\0\0\0" + b"\0\x80\0\0\0\0" * 10_000


@contextlib.contextmanager
def connected(server: Running, sent: bytes = b"") -> Iterator[sockets.socket]:
    with sockets.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as raw:
        raw.sendall(sent)
        yield raw


def answer(raw: sockets.socket) -> bytes:
    """All that comes until the server closes, which it may do while more is on its way to it."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := raw.recv(2**16):
            received += data
    return received


def told_in_answer(raw: sockets.socket) -> tuple[int, str]:
    head, _, body = answer(raw).partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


@pytest.mark.parametrize(
    "flood", [EMPTY_PING * 150_000, LONG_PING * 20_000, UNASKED_PONG * 150_000, FRAGMENTS], ids=lambda flood: flood[0]
)
async def test_a_flood_of_frames_of_any_kind_is_closed_in_words(server: Running, flood: bytes) -> None:
    async with connect(address(server)) as other:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HANDSHAKE % server.port)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(flood)
        code, reason = told(Closing("flood", {"limit": 120}))
        last_words = code.to_bytes(2, "big") + reason.encode()
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(last_words)
        writer.close()
        await say(other, type="step")
        await until(other, "frame", lambda frame: frame["step"] == 1)


async def test_parts_of_a_message_are_read_as_one(server: Running) -> None:
    async with connect(address(server)) as socket:
        await socket.send(['{"type":', '"step"', "}"])
        await until(socket, "frame", lambda frame: frame["step"] == 1)


# Limits of requests: run by test_limits


async def connections() -> None:
    """Of one address; a socket is one of them, and whoever takes nothing of an answer is cut off."""
    with running_server("small_buffers", limits__connections="2", limits__send_seconds="0.3") as server:
        async with connect(address(server)) as socket:
            await until(socket, "state")
            with sockets.socket() as raw:
                raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
                raw.connect(("127.0.0.1", server.port))
                raw.sendall(b"GET /vendor/plotly.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert raw.recv(1, sockets.MSG_PEEK)
                with connected(server) as refused:
                    assert told_in_answer(refused) == (503, sentence("too_many_connections", {"limit": 2}))
                await until_welcome(server)
                assert len(answer(raw)) < 1_000_000
        with connected(server):
            await until_welcome(server)


async def until_welcome(server: Running) -> None:
    async with asyncio.timeout(PATIENCE):
        while not (await asyncio.to_thread(health_answer, server)).startswith(b"HTTP/1.1 200"):
            await asyncio.sleep(0.05)


def health_answer(server: Running) -> bytes:
    with connected(server) as raw:
        with contextlib.suppress(ConnectionError):
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return answer(raw)


async def head_seconds() -> None:
    with running_server(limits__head_seconds="0.3") as server:
        with connected(server, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") as raw:
            assert told_in_answer(raw) == (408, sentence("request_too_slow", {"limit": 0.3}))
        with connected(server) as silent:
            assert answer(silent) == b""
        with connected(server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET") as second:
            assert b"HTTP/1.1 408" in answer(second)


async def body_seconds() -> None:
    post = b"POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
    with running_server(limits__body_seconds="0.3") as server:
        for path in (b"/api/points", b"/api/graph"):
            with connected(server, post % path) as raw:
                assert told_in_answer(raw) == (408, sentence("request_too_slow", {"limit": 0.3}))
        for path in (b"/nothing", b"/api/sessions/none/model"):  # where nobody reads it
            with connected(server, post % path) as raw:
                assert answer(raw).startswith(b"HTTP/1.1 404")


async def head_bytes() -> None:
    with running_server(limits__head_bytes="10000") as server:
        for start in (b"GET /", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: "):
            with connected(server, start) as raw:
                with contextlib.suppress(ConnectionError):
                    for _ in range(20):
                        raw.sendall(b"x" * 1000)
                assert told_in_answer(raw) == (431, sentence("head_too_large", {"limit": 10_000}))


def test_a_body_without_end_is_broken_off(server: Running) -> None:
    with connected(server, b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n") as raw:
        sent, piece = 0, bytes(2**20)
        with contextlib.suppress(ConnectionError):
            while sent < 4 * Limits.BYTES_OF_BODY:
                raw.sendall(piece)
                sent += len(piece)
    assert sent < 2 * Limits.BYTES_OF_BODY


def test_connections_of_a_trusted_proxy_are_not_counted() -> None:
    with (
        running_server(limits__connections="1", trusted_proxies='["127.0.0.0/8"]') as server,
        connected(server),
        connected(server),
    ):
        assert server.health()["status"] == "ok"


def test_a_trusted_proxy_is_known_by_either_spelling_of_its_address() -> None:
    settings = Settings.model_validate({"limits": {"connections": 1}, "trusted_proxies": ["10.0.0.0/8"]})
    clients = Config(FastAPI(), settings)
    for place in ("10.0.0.1", "::ffff:10.0.0.1"):
        assert all(clients.connect((place, 80)) for _ in range(3))
    assert [clients.connect(("::ffff:192.0.2.7", 80)) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("given", "whose"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_whose_address(given: str, whose: str) -> None:
    assert owner(given) == whose
