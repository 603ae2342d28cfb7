"""The transport as it is: uvicorn in another process, real WebSockets, and people who do not behave."""

import asyncio
import contextlib
import json
import os
import socket as sockets
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.settings import Limits
from app.wire.commands import DRAWN
from app.wire.messages import CLOSE_CODES, Closing
from tests.app.fake_viewer import PATIENCE
from tests.app.reading import Reader
from tests.app.running import Running, running_server
from tests.app.wire.test_commands import BAD

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def address(server: Running, session: str = "") -> str:
    return f"ws://127.0.0.1:{server.port}/ws" + (f"?session={session}" if session else "")


async def say(socket: ClientConnection, **command: Any) -> None:
    await socket.send(json.dumps(command))


READERS: WeakKeyDictionary[ClientConnection, Reader] = WeakKeyDictionary()


async def receive(socket: ClientConnection) -> dict[str, Any]:
    """The next message, or frame as a message of type "frame"."""
    return READERS.setdefault(socket, Reader())(await socket.recv())


async def until(socket: ClientConnection, kind: str, fits: Callable[[dict[str, Any]], bool] = bool) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await receive(socket)
            if message["type"] == "frame":
                await socket.send(DRAWN.pack(1, message["frame"]))
            if message["type"] == kind and fits(message):
                return message


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """How the server closes."""
    async with asyncio.timeout(PATIENCE):
        with contextlib.suppress(ConnectionClosed):
            async for _ in socket:
                pass
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


def told(closed: Closing) -> tuple[int, str]:
    return closed.code, closed.reason


async def test_play_and_watch() -> None:
    with running_server() as server:  # of its own: in the shared one runs of other tests may still train
        await play_and_watch(server)


async def play_and_watch(server: Running) -> None:
    async with connect(address(server)) as socket:
        state = await until(socket, "state")
        assert await until(socket, "history")
        await say(socket, type="play")
        await until(socket, "frame", lambda frame: frame["step"] > 100)
        assert server.health()["playing"] == 1
        await say(socket, type="pause")
        await until(socket, "state", lambda state: not state["playing"])
    async with connect(address(server, state["session"])) as socket:
        again = await until(socket, "state")
        assert again["session"] == state["session"]
        assert again["step"] > 100


async def test_no_frame_of_an_old_revision_follows_a_new_state(server: Running) -> None:
    async with connect(address(server)) as socket:
        await say(socket, type="speed", steps_per_second=None)
        await say(socket, type="play")
        revision = 0
        for turn in range(30):
            await say(socket, type="configure", spec={"learning_rate": 0.01 + turn / 1000, "noise": turn % 3})
            async with asyncio.timeout(PATIENCE):
                while True:
                    message = await receive(socket)
                    if message["type"] == "frame":
                        assert message["revision"] >= revision
                        await say(socket, type="drawn", frame=message["frame"])
                    elif message["type"] == "state" and message["revision"] > revision:
                        revision = message["revision"]
                        if message["spec"]["learning_rate"] == 0.01 + turn / 1000:
                            break


async def test_bad_commands_are_answered_and_the_connection_goes_on(server: Running) -> None:
    async with connect(address(server)) as socket:
        for text, code in BAD:
            if len(text) <= Limits().message_bytes:
                await socket.send(text)
                assert (await until(socket, "error"))["code"] == code
        await say(socket, type="step")
        frame = await until(socket, "frame", lambda frame: frame["step"] == 1)
        for data, code in (
            (os.urandom(100), "binary_length"),
            (DRAWN.pack(1, frame["frame"])[:7], "binary_length"),
            (DRAWN.pack(2, frame["frame"]), "binary_kind"),
            (DRAWN.pack(1, frame["frame"] + 1), "no_such_frame"),
        ):
            await socket.send(data)
            error = await until(socket, "error")
            assert error["code"] == code
            assert error["message"].endswith(".")
        await socket.send(b'{"type":"\xff\xfe"}', text=True)
        assert (await until(socket, "error"))["code"] == "unknown_command"
        await say(socket, type="step")
        await until(socket, "frame", lambda frame: frame["step"] == 2)


async def test_whoever_draws_every_frame_uses_up_nothing() -> None:
    with running_server(limits__commands_per_second="0.001", limits__commands_burst="6") as server:
        async with connect(address(server)) as socket:
            for steps in range(1, 6):
                await say(socket, type="step")
                await until(socket, "frame", lambda frame, steps=steps: frame["step"] == steps)  # type: ignore[misc]
            for _ in range(2):  # of a frame that was drawn before
                await socket.send(DRAWN.pack(1, 1))
            assert await closing(socket) == told(Closing("flood", {"limit": 0}))


async def test_a_message_too_large_is_closed_in_words(server: Running) -> None:
    async with connect(address(server)) as socket:
        await socket.send("[" * (Limits().message_bytes + 1))
        assert await closing(socket) == told(Closing("message_too_large", {"limit": Limits().message_bytes}))


async def test_the_last_message_has_the_values_of_the_reason(server: Running) -> None:
    async with connect(address(server)) as socket:
        await socket.send("[" * (Limits().message_bytes + 1))
        assert await until(socket, "closing") == {
            "type": "closing",
            "code": CLOSE_CODES["message_too_large"],
            "values": {"limit": Limits().message_bytes},
        }


async def test_a_flood_is_closed_in_words_and_harms_nobody(server: Running) -> None:
    async with connect(address(server)) as other, connect(address(server)) as socket:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(2000):
                await socket.send("{}")
        assert await closing(socket) == told(Closing("flood", {"limit": 120}))
        await say(other, type="step")
        await until(other, "frame", lambda frame: frame["step"] == 1)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1", "file://"])
async def test_pages_of_other_sites_are_closed_in_words(server: Running, origin: str) -> None:
    async with connect(address(server), additional_headers={"Origin": origin}) as socket:
        assert await closing(socket) == told(Closing("foreign_origin"))


async def test_our_own_page_is_welcome(server: Running) -> None:
    async with connect(address(server), additional_headers={"Origin": f"http://127.0.0.1:{server.port}"}) as socket:
        await until(socket, "state")


async def test_clients_that_vanish_leave_no_trace(server: Running) -> None:
    before = None
    for _ in range(5):
        with sockets.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(HANDSHAKE % server.port)
            before = raw.recv(200)
            raw.sendall(masked(b'{"type":"play"}'))
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset
    assert before is not None
    assert before.startswith(b"HTTP/1.1 101")
    async with connect(address(server)) as socket:
        await until(socket, "frame")


def masked(text: bytes) -> bytes:
    """A text frame as a browser sends it, its mask all zeros."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text


def test_a_client_that_never_reads_is_closed_in_words_and_harms_nobody() -> None:
    with running_server("small_buffers", limits__send_seconds="0.5") as server, never_reading(server) as raw:
        asyncio.run(takes_a_step(server))
        wait_until_nobody_watches(server)
        raw.settimeout(PATIENCE)
        code, reason = told(Closing("never_reads"))
        last_words, received = struct.pack(">H", code) + reason.encode(), b""
        while not received.endswith(last_words):
            data = raw.recv(2**20)
            assert data, received
            received = (received + data)[-200:]
        assert "Traceback" not in server.said


@contextlib.contextmanager
def never_reading(server: Running) -> Iterator[sockets.socket]:
    """A connection that asks for far more than the buffers of a "small_buffers" server hold, and takes none of it."""
    with sockets.socket() as raw:
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", server.port))
        raw.sendall(HANDSHAKE % server.port)
        assert raw.recv(12).startswith(b"HTTP/1.1 101")
        restart = b'{"type":"configure","spec":{"seed":%d,"samples":5000}}'  # each answer has 100 kB
        for seed in range(10):
            raw.sendall(masked(restart % seed))
        yield raw


async def takes_a_step(server: Running) -> None:
    async with connect(address(server)) as socket:
        await say(socket, type="step")
        await until(socket, "frame", lambda frame: frame["step"] == 1)


def wait_until_nobody_watches(server: Running) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.health()["viewers"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_whoever_has_to_wait_for_the_engine_is_told() -> None:
    """With an engine that takes a second and a half to load, as a first start does."""
    with running_server("slow_to_load") as server:
        async with connect(address(server)) as socket:
            first = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
            assert (first["type"], first["code"]) == ("notice", "warming_up")
            await until(socket, "state")


async def test_a_duplicated_tab_gets_a_copy_and_a_window_asked_for_the_same_run(server: Running) -> None:
    async with connect(address(server)) as first:
        key = (await until(first, "state"))["session"]
        await say(first, type="configure", spec={"seed": 5})
        await say(first, type="step", count=7)
        await until(first, "frame", lambda frame: frame["step"] == 7)
        async with connect(address(server, key)) as window, connect(f"{address(server, key)}&copy=1") as duplicate:
            assert (await until(window, "state"))["session"] == key
            state = await until(duplicate, "state")
            assert state["session"] != key
            assert (state["copied"], state["step"], state["spec"]["seed"]) == (True, 7, 5)
            assert (await until(duplicate, "notice"))["code"] == "run_is_copied"
            await say(duplicate, type="reset")
            await until(duplicate, "state", lambda state: state["step"] == 0)
            await say(first, type="step")
            assert (await until(window, "frame", lambda frame: frame["step"] > 7))["step"] == 8


async def test_who_suspects_to_be_a_duplicate_gets_a_copy_only_of_what_somebody_watches(server: Running) -> None:
    async with connect(address(server)) as first:
        key = (await until(first, "state"))["session"]
        async with connect(f"{address(server, key)}&copy=watched") as duplicate:
            assert (await until(duplicate, "state"))["session"] != key
    while server.health()["viewers"]:  # it ended without a word, and the tab was brought back
        await asyncio.sleep(0.02)
    async with connect(f"{address(server, key)}&copy=watched") as socket:
        state = await until(socket, "state")
        assert (state["session"], state["copied"]) == (key, False)


async def test_who_knows_to_be_a_duplicate_gets_a_copy_of_what_nobody_watches(server: Running) -> None:
    async with connect(address(server)) as socket:
        key = (await until(socket, "state"))["session"]
        await say(socket, type="step", count=7)
        await until(socket, "frame", lambda frame: frame["step"] == 7)
    while server.health()["viewers"]:  # its tab lost its connection, and is still there
        await asyncio.sleep(0.02)
    async with connect(f"{address(server, key)}&copy=1") as socket:
        state = await until(socket, "state")
        assert state["session"] != key
        assert (state["copied"], state["step"]) == (True, 7)
    async with connect(f"{address(server, 'gone')}&copy=1") as socket:
        assert (await until(socket, "notice"))["code"] == "run_is_gone"
        assert (await until(socket, "state"))["copied"] is False
