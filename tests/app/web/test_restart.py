"""A server that is killed, or told to stop, and started again: its runs go on where they were, bit for bit."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from engine import Spec, Trainer
from engine.nn.network import Array
from engine.spec.choices import BackendName
from engine.training import model_file
from engine.training.weights import fitted
from tests.app.running import ROOT, Running, running_server
from tests.app.web.test_files import away
from tests.app.web.test_sockets import address, say, until

SPECS: list[dict[str, Any]] = [
    {"seed": 1, "optimizer": "adam", "dataset": "spiral"},
    {"seed": 2, "hidden": [{"width": 5, "batch_norm": True}, 3], "batch_size": 7},
    {"seed": 3, "optimizer": "momentum", "momentum": 0.9, "hidden": [{"width": 6, "dropout": 0.2}]},
    {"seed": 4, "optimizer": "rmsprop", "activation": "relu", "noise": 20, "l2": 0.001},
]
CHANGE = {"learning_rate": 0.02, "batch_size": 12}
PACE, LOST_SECONDS = 100, 2
"""Steps a second, and what a killed server may lose of them; that it cannot be more is tested in test_saver."""

CHANGED_AT, SEEN = 50, 290
"""Steps."""


class Student:
    """One run, on a server that may go and come back."""

    def __init__(self, number: int, backend: BackendName) -> None:
        spec = SPECS[number % len(SPECS)]
        self.spec = {**spec, "seed": number}
        self.backend = backend
        self.key = ""
        self.last = 0
        """The newest step it has seen."""

    async def begin(self, socket: ClientConnection) -> None:
        self.key = (await until(socket, "state"))["session"]
        await say(socket, type="configure", spec=self.spec)
        await until(socket, "state", lambda state: state["spec"]["seed"] == self.spec["seed"])
        await say(socket, type="step", count=CHANGED_AT)
        await until(socket, "frame", lambda frame: frame["step"] == CHANGED_AT)
        await say(socket, type="configure", spec=CHANGE)
        await say(socket, type="speed", steps_per_second=PACE)
        await say(socket, type="play")
        await self.watch(socket, SEEN)

    async def watch(self, socket: ClientConnection, step: int) -> None:
        self.last = (await until(socket, "frame", lambda frame: frame["step"] >= step))["step"]

    async def come_back(self, server: Running) -> int:
        """It goes on by itself and is told so. Gives the step it had come to."""
        async with connect(address(server, self.key)) as socket:
            state = await until(socket, "state")
            assert (state["session"], state["playing"], state["speed"]) == (self.key, True, PACE)
            notice = await until(socket, "notice")
            assert (notice["code"], notice["values"]) == ("run_restored", {"step": state["step"]})
            await until(socket, "frame", lambda frame: frame["step"] > state["step"])
            await say(socket, type="pause")
            paused = await until(socket, "state", lambda state: not state["playing"])
            _, body, _ = await away(server, f"/api/sessions/{self.key}/model.pt")
            expected = self.expected(paused["step"])
            read = fitted(model_file.stored(body), {name: values.shape for name, values in expected.items()}).tensors
            assert {name: values.tobytes() for name, values in read.items()} == {
                name: values.tobytes() for name, values in expected.items()
            }
            step: int = state["step"]
            return step

    def expected(self, step: int) -> dict[str, Array]:
        """Of a run that nothing has happened to."""
        trainer = Trainer(Spec.model_validate(self.spec), backend=self.backend)
        trainer.advance(CHANGED_AT)
        trainer.configure(trainer.spec.changed(**CHANGE))
        trainer.advance(step - CHANGED_AT)
        return {**trainer.parameters(), **trainer.buffers()}


async def until_ended(server: Running, students: list[Student], how: signal.Signals) -> None:
    """They begin, the server is ended while all of them train."""
    sockets = [await connect(address(server)) for _ in students]
    try:
        await asyncio.gather(*(student.begin(socket) for student, socket in zip(students, sockets, strict=True)))
        server.process.send_signal(how)
        await asyncio.to_thread(server.process.wait, 10)
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


@pytest.mark.parametrize(("kind", "count"), [("by_hand", 4), pytest.param("compiled", 16, marks=pytest.mark.long)])
async def test_after_a_kill_runs_go_on_bit_for_bit(kind: BackendName, count: int, tmp_path: Path) -> None:
    students = [Student(number, kind) for number in range(count)]
    with running_server(kind, store="", data=str(tmp_path)) as server:
        await until_ended(server, students, signal.SIGKILL)
    with running_server(kind, store="", data=str(tmp_path)) as server:
        came_to = await asyncio.gather(*(student.come_back(server) for student in students))
    for student, step in zip(students, came_to, strict=True):
        assert step >= student.last - LOST_SECONDS * PACE


async def test_after_sigterm_nothing_is_lost(tmp_path: Path) -> None:
    students = [Student(number, "by_hand") for number in range(4)]
    with running_server(store="", data=str(tmp_path)) as server:
        await until_ended(server, students, signal.SIGTERM)
        assert server.said == ""
    with running_server(store="", data=str(tmp_path)) as server:
        for student in students:
            assert await student.come_back(server) >= student.last


def test_a_second_server_on_the_folder_says_so_and_stops(tmp_path: Path) -> None:
    with running_server(store="", data=str(tmp_path)) as server:
        second = subprocess.run(
            [sys.executable, "-m", "app", "--port", "0", "--no-open", "--data", str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.startswith(f"Another server keeps its runs in {tmp_path}.")
        assert server.health()["store"]["state"] == "ok"


def test_a_folder_that_cannot_be_used_is_said_and_playing_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with running_server(store="", data=str(tmp_path / "file")) as server:
        assert "cannot be made" in server.before
        assert "runs are not kept" in server.before
        assert server.health()["store"] == {"state": "off", "kept": 0}
