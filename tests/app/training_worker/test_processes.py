"""Worker processes: what they do comes back in order, and whatever harms one is told and harms no other."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from app.settings import Limits
from app.training_worker.worker_processes import processes as module
from app.training_worker.worker_processes.process_main import DATA, FAULT
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed, WorkerProcess, read_answer
from engine.fault import Fault
from tests.app.fake_viewer import PATIENCE, eventually
from tests.app.running import ROOT
from tests.app.training_worker import child_work

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit a process's memory")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[WorkerProcess]:
    """All processes that the test has started."""
    started: list[WorkerProcess] = []

    def start(most_bytes: int) -> WorkerProcess:
        started.append(WorkerProcess(most_bytes))
        return started[-1]

    monkeypatch.setattr(module, "WorkerProcess", start)
    return started


@asynccontextmanager
async def supervising(**limits: float) -> AsyncIterator[Processes]:
    processes = Processes(Limits.model_validate(limits))
    try:
        async with asyncio.timeout(PATIENCE):
            yield processes
    finally:
        await processes.close()


async def test_one_process_answers_in_order_and_prints_nothing_into_the_answers(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        assert started == [], "it is started when it is needed"
        asked = [processes.run("check", child_work.note, number) for number in range(5)]
        assert await asyncio.gather(*asked) == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4]]
        assert await processes.run("check", child_work.print_much) == 0
        assert await processes.run("check", child_work.process_id) != os.getpid()
        assert len(started) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has neither niceness nor groups")
async def test_it_comes_second_to_the_processor_and_no_ctrl_c_reaches_it() -> None:
    async with supervising() as processes:
        niceness, group = await processes.run("check", child_work.rank)
        assert niceness > os.nice(0)
        assert group != os.getpgrp()


async def test_what_the_work_raises_is_raised_and_harms_nothing(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        with pytest.raises(Fault, match="model_damaged: name x") as caught:
            await processes.run("check", child_work.refuse, "x")
        assert "child_work.py" in caught.value.__notes__[0]
        with pytest.raises(RuntimeError, match="Odd"):
            await processes.run("check", child_work.raise_odd)
        with pytest.raises(Fault, match="allocate memory"):
            await processes.run("check", child_work.refuse, "can't allocate memory")
        with pytest.raises(RuntimeError, match="not JSON serializable"):
            await processes.run("check", child_work.give_function)
        with pytest.raises(Exception, match="lambda"):
            await processes.run("check", lambda: None)
        assert await processes.run("check", child_work.add, 1, 2) == 3
        assert len(started) == 1


ANSWERS = {
    "a pickle": pickle.dumps(("done", 1)),
    "a pickle, told as data": DATA + pickle.dumps(1),
    "nothing": b"",
    "no such fault": FAULT + b'{"code": "system", "values": {}, "where": ""}',
    "no fault": FAULT + b"[]",
    "no number that a page could be told": FAULT + b'{"code": "model_damaged", "values": {"name": NaN}, "where": ""}',
    "a fault without what its sentence names": FAULT + b'{"code": "model_damaged", "values": {}, "where": ""}',
    "a fault of nothing that can be said": FAULT + b'{"code": "model_damaged", "values": {"name": {}}, "where": ""}',
    "a fault from nowhere": FAULT + b'{"code": "model_damaged", "values": {"name": "x"}}',
    "depths": DATA + b"[" * 100_000,
    "more than is read": DATA + b"0" * (Limits.BYTES_OF_JSON + 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_process_that_a_file_has_made_another_cannot_have_anything_run(name: str) -> None:
    with pytest.raises(ProcessHarmed, match="died"):
        read_answer(ANSWERS[name])


async def test_one_that_has_been_made_another_is_ended(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        with patch.object(module, "DATA", b"?"), pytest.raises(ProcessHarmed, match="died"):
            await processes.run("file", child_work.add, 1, 2)
        assert await processes.run("file", child_work.add, 1, 2) == 3
    assert len(started) == 2


async def test_answers_are_read_off_the_event_loop() -> None:
    threads = list[str]()

    def noted(answer: bytes) -> object:
        threads.append(threading.current_thread().name)
        return read_answer(answer)

    async with supervising() as processes:
        with patch.object(module, "read_answer", noted):
            assert await processes.run("check", child_work.add, 1, 2) == 3
    assert threads == ["process"]


def test_no_answer_is_unpickled() -> None:
    assert "pickle.loads" not in Path(module.__file__).read_text(encoding="utf-8")


async def test_an_answer_that_is_too_long_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "BYTES_OF_ANSWER", 1000)
    async with supervising() as processes:
        assert len(await processes.run("file", child_work.give_bytes, 999)) == 999  # and one that says what they are
        with pytest.raises(ProcessHarmed, match="died"):
            await processes.run("file", child_work.give_bytes, 1000)
        assert await processes.run("file", child_work.add, 1, 2) == 3


async def test_a_process_that_dies_is_told_and_the_next_request_gets_another(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        dying = asyncio.create_task(processes.run("check", child_work.die))
        after = asyncio.create_task(processes.run("check", child_work.add, 1, 2))
        with pytest.raises(ProcessHarmed) as caught:
            await dying
        assert (caught.value.reason, caught.value.limit) == ("died", None)
        assert await after == 3
        first, second = started
        assert first.has_ended
        assert not second.has_ended


async def test_what_lies_in_the_current_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    async with supervising() as processes:
        assert await processes.run("check", child_work.add, 1, 2) == 3


async def test_one_that_cannot_be_started_is_one_that_died(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("too many open files")

    async with supervising() as processes:
        monkeypatch.setattr("app.training_worker.worker_processes.processes.WorkerProcess", fail)
        with pytest.raises(ProcessHarmed, match="died"):
            await processes.run("check", child_work.add, 1, 2)
        monkeypatch.undo()
        assert await processes.run("check", child_work.add, 1, 2) == 3


async def test_one_that_is_killed_while_it_is_idle_harms_nobody(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        killed = await processes.run("check", child_work.process_id)
        os.kill(killed, signal.SIGTERM)
        await eventually(lambda: started[0].has_ended)
        assert await processes.run("check", child_work.process_id) != killed
        assert len(started) == 2


async def process_seconds() -> None:
    async with supervising(process_seconds=0.2) as processes:
        with pytest.raises(ProcessHarmed) as caught:
            await processes.run("check", child_work.wait_forever)
        assert (caught.value.reason, caught.value.limit) == ("time", 0.2)


async def test_one_that_takes_too_long_is_ended(started: list[WorkerProcess]) -> None:
    await process_seconds()
    assert [process.has_ended for process in started] == [True]


async def process_bytes() -> None:
    if sys.platform != "linux":
        return
    async with supervising(process_bytes=300_000_000) as processes:
        assert await processes.run("check", child_work.fill_memory, 100_000_000) == 100_000_000
        with pytest.raises(ProcessHarmed) as caught:
            await processes.run("check", child_work.fill_memory, 300_000_000)
        assert (caught.value.reason, caught.value.limit) == ("memory", 300_000_000)


@on_linux
async def test_one_that_needs_too_much_memory_is_ended_and_followed(started: list[WorkerProcess]) -> None:
    await process_bytes()
    async with supervising() as processes:
        with pytest.raises(ProcessHarmed, match="memory"):
            await processes.run("check", child_work.fail_to_allocate)
        assert await processes.run("check", child_work.add, 1, 2) == 3
    assert [process.has_ended for process in started] == [True] * 3


async def process_idle_seconds() -> None:
    async with supervising(process_idle_seconds=0.01) as processes:
        first = await processes.run("check", child_work.process_id)
        await eventually(lambda: processes._queues["check"]._process is None)
        assert await processes.run("check", child_work.process_id) != first


async def test_one_that_is_idle_ends(started: list[WorkerProcess]) -> None:
    await process_idle_seconds()
    assert len(started) == 2
    assert all(process.has_ended for process in started)


async def test_who_has_gone_is_not_worked_for(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        first = asyncio.create_task(processes.run("check", child_work.process_id))
        gone = asyncio.create_task(processes.run("check", child_work.wait_forever))
        await asyncio.sleep(0)
        gone.cancel()
        assert await processes.run("check", child_work.process_id) == await first
        assert len(started) == 1


async def test_closing_ends_it_whatever_it_does_and_cancels_who_waits(started: list[WorkerProcess]) -> None:
    async with supervising() as processes:
        asked = [asyncio.create_task(processes.run("check", child_work.wait_forever)) for _ in range(3)]
        await eventually(lambda: bool(started))
        await processes.close()
        assert started[0].has_ended
        done = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in done] == [asyncio.CancelledError] * 3
        with pytest.raises(ProcessHarmed):
            await processes.run("check", child_work.process_id)
    assert len(started) == 1


SERVER = """
import asyncio
from app.settings import Limits
from app.training_worker.worker_processes.processes import Processes
from tests.app.training_worker import child_work

async def main():
    processes = Processes(Limits())
    await processes.run("check", child_work.process_id)
    print("working", flush=True)
    await processes.run("check", child_work.wait_forever)

asyncio.run(main())
"""


def test_one_whose_server_is_killed_ends_too() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"working\n"
        server.kill()
        _, errors = server.communicate(timeout=PATIENCE)  # standard error is closed once both have ended
        assert errors == b""
