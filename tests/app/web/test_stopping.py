"""SIGTERM: everybody is told, whatever they do, and the process ends: `Limits.stop_seconds` bounds how soon."""

import asyncio
import os
import signal
import socket as sockets
import time

import pytest
from websockets.asyncio.client import connect

from app.wire.messages import Closing
from tests.app.fake_viewer import PATIENCE
from tests.app.running import running_server
from tests.app.web.test_sockets import address, closing, never_reading, say, told, until


@pytest.mark.parametrize("playing", [False, True])
async def test_every_socket_is_closed_with_a_reason(playing: bool) -> None:
    with running_server() as server:
        async with connect(address(server)) as first, connect(address(server)) as second:
            for socket in (first, second):
                await until(socket, "state")
                if playing:
                    await say(socket, type="speed", steps_per_second=None)
                    await say(socket, type="play")
                    await until(socket, "frame", lambda frame: frame["step"] > 0)
            server.process.terminate()
            for socket in (first, second):
                assert await closing(socket) == told(Closing("server_stopping"))
            server.process.wait(timeout=PATIENCE)
        assert server.said == ""


def test_a_client_that_never_reads_does_not_hold_it_up() -> None:
    with running_server("small_buffers") as server, never_reading(server) as raw:
        while len(raw.recv(4096, sockets.MSG_PEEK)) < 2000:  # then more has come than it can hold, and more waits
            time.sleep(0.01)
        server.stop()
        assert "Traceback" not in server.said


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there is no SIGINT to another process")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
async def test_a_step_that_takes_minutes_does_not_hold_it_up(sent: signal.Signals) -> None:
    with running_server("stuck") as server:
        async with connect(address(server)) as socket:
            await until(socket, "state")
            await say(socket, type="step")
            await say(socket, type="pause")  # waits for the step
            server.process.send_signal(sent)
            assert await closing(socket) == told(Closing("server_stopping"))
            await asyncio.to_thread(server.process.wait, 60)  # half of what the step takes
