"""torch is loaded into a process beside the server's, whose death is told on the page and stops nothing."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.app.fake_viewer import PATIENCE
from tests.app.running import Running, running_server
from tests.app.web.test_files import away
from tests.app.web.test_graphs import ask
from tests.app.web.test_sockets import address, say, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


async def child(server: Running) -> int:
    """The one worker process, as soon as there is one."""
    async with asyncio.timeout(PATIENCE):
        while not (found := server.children()):
            await asyncio.sleep(0.01)
    assert len(found) == 1
    return found[0]


async def test_the_server_has_no_torch_whatever_it_is_asked_and_ends_without_a_word() -> None:
    with running_server() as server:
        async with connect(address(server)) as socket:
            key = (await until(socket, "state"))["session"]
            await say(socket, type="play")
            await say(socket, type="check")
            assert (await until(socket, "checked"))["state"] == "green"
            await say(socket, type="plant", bug="forgotten_slope")
            await say(socket, type="check")
            await until(socket, "checked", lambda light: light["state"] == "red")
            for path in (f"/api/graph/network?session={key}", "/api/graph?expression=a*b"):
                status, graph = await asyncio.to_thread(ask, server, path)
                assert (status, graph["check"]["torch"]["same"]) == (200, True)
            _, weights, _ = await away(server, f"/api/sessions/{key}/model.pt")
            status, _, _ = await away(server, f"/api/sessions/{key}/model", weights)
            assert status == 200
            with_torch = ["libtorch" in Path(f"/proc/{one}/maps").read_text() for one in server.children()]
            assert sorted(with_torch) == [False, True], "files are read in a process of their own"
            assert "libtorch" not in Path(f"/proc/{server.process.pid}/maps").read_text()
        os.killpg(server.process.pid, signal.SIGINT)  # as a terminal does
        assert server.process.wait(timeout=PATIENCE) == 0, server.said
        assert server.said == ""


async def test_a_process_that_is_killed_is_told_training_goes_on_and_the_next_check_is_green() -> None:
    with running_server() as server:
        asking = asyncio.create_task(asyncio.to_thread(ask, server, "/api/graph?expression=a*b"))
        os.kill(await child(server), signal.SIGKILL)  # while it loads torch
        status, graph = await asking
        assert (status, graph["order"]) == (200, ["a", "b", "L"])
        assert (graph["check"], graph["check_failed"]) == (None, True)
        async with connect(address(server)) as socket:
            await until(socket, "state")
            await say(socket, type="play")
            await say(socket, type="check")
            os.kill(await child(server), signal.SIGKILL)
            light = await until(socket, "checked")
            assert (light["state"], light["reason"], light["limit"]) == ("failed", "died", None)
            step = (await until(socket, "frame"))["step"]
            await until(socket, "frame", lambda frame: frame["step"] > step + 100)
            await say(socket, type="check")
            assert (await until(socket, "checked"))["state"] == "green"
        server.stop()
        assert "ProcessHarmed" in server.said
        assert "Traceback" not in server.said


async def test_a_process_that_is_killed_while_torch_trains_pauses_the_run_which_then_goes_on() -> None:
    async def kill_all(server: Running) -> None:
        while True:  # until it is told: the first may die while it is idle, which harms nobody
            for one in server.children():
                os.kill(one, signal.SIGKILL)
            await asyncio.sleep(1)

    with running_server() as server:
        async with connect(address(server)) as socket:
            await say(socket, type="engine", name="autograd")
            await until(socket, "state", lambda state: state["engine"] == "autograd")
            assert "libtorch" not in Path(f"/proc/{server.process.pid}/maps").read_text()
            await say(socket, type="play")
            await until(socket, "frame", lambda frame: frame["step"] > 20)
            killing = asyncio.create_task(kill_all(server))
            error = await until(socket, "error")
            killing.cancel()
            assert error["code"] == "engine_died"
            assert error["values"]["step"] > 20
            await say(socket, type="play")
            await until(socket, "frame", lambda frame: frame["step"] > error["values"]["step"] + 20)
        server.stop()
        assert "Traceback" not in server.said
