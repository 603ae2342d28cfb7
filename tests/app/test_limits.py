"""Every limit has a reason, a test here, and the sentence a person gets."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from websockets.asyncio.client import connect

from app.sessions.manager import Full
from app.settings import Limits, Settings
from app.training_worker.page_data.measurements import QUANTITIES, Measured
from app.web.access.questions import Questions
from app.web.access.shares import Person
from app.wire.messages import Closing, Refusal
from engine.fault import Fault
from engine.graph.expressions import ExpressionLimits, parse
from engine.training.snapshot import CurveEntry
from tests.app.fake_viewer import PATIENCE, Watcher, eventually, found, managing, watching
from tests.app.running import running_server
from tests.app.sessions.test_seats import kept_seconds
from tests.app.sessions.test_studies import queued_studies, study_runs, study_seconds
from tests.app.store.test_kept_rows import (
    kept_bytes,
    kept_days,
    kept_experiment_bytes,
    kept_experiments,
    recent_runs,
)
from tests.app.store.test_store import store_bytes, store_days
from tests.app.training_worker.test_exporting import export_seconds
from tests.app.training_worker.test_memory import memory_bytes
from tests.app.training_worker.test_processes import process_bytes, process_idle_seconds, process_seconds
from tests.app.training_worker.test_uploaded_files import file_memory_bytes, file_seconds
from tests.app.web.test_files import model_bytes, points_bytes
from tests.app.web.test_kept import kept_file_bytes
from tests.app.web.test_protocols import body_seconds, connections, head_bytes, head_seconds
from tests.app.web.test_sockets import address, closing, say, told, until
from tests.app.web.test_uploads import upload_bytes, upload_bytes_of_person


async def sessions() -> None:
    async with managing(sessions=2) as manager:
        first, second = Watcher(await manager.create()), Watcher(await manager.create())
        with pytest.raises(Full, match=r"full \(2 experiments\)"):
            await manager.create()
        first.leave()
        third = Watcher(await manager.create())  # whoever left makes room
        assert manager.sessions == 2
        assert third.session is not first.session
        for watcher in (second, third):
            watcher.leave()


async def playing() -> None:
    async with managing(playing=1) as manager:
        first, second = Watcher(await manager.create()), Watcher(await manager.create())
        await first.say(type="play")
        await first.say(type="play")  # to play on is not to play more
        await second.say(type="play")
        error = await second.until("error")
        assert (error["code"], error["values"]) == ("too_many_playing", {"limit": 1})
        assert not second.run.playing
        await first.say(type="pause")
        await second.say(type="play")
        assert (await second.until("state", lambda state: state["playing"]))["playing"]
        for watcher in (first, second):
            watcher.leave()


async def viewers() -> None:
    async with managing(viewers=2) as manager:
        session = await manager.create()
        watchers = [Watcher(session), Watcher(session)]
        with pytest.raises(Full, match="open in 2 windows"):
            manager.find(session.key)
        for watcher in watchers:
            watcher.leave()


async def message_bytes() -> None:
    with running_server(limits__message_bytes="100") as server:
        async with connect(address(server)) as socket:
            await socket.send(" " * 88 + '{"type":"x"}')
            assert (await until(socket, "error"))["code"] == "unknown_command"
            await socket.send("é" * 51)
            assert await closing(socket) == told(Closing("message_too_large", {"limit": 100}))


async def commands_per_second() -> None:
    await commands_burst()


async def commands_burst() -> None:
    with running_server(limits__commands_per_second="0.001", limits__commands_burst="5") as server:
        async with connect(address(server)) as socket:
            for _ in range(5):
                await say(socket, type="pause")
            states = 0
            while states < 1 + 5:  # on connecting, and an answer to each
                received = await socket.recv()  # and nothing said, not even that a frame is drawn
                states += isinstance(received, str) and json.loads(received)["type"] == "state"
            await say(socket, type="pause")
            assert await closing(socket) == told(Closing("flood", {"limit": 0}))


async def queued_messages() -> None:
    async with managing() as manager:
        session = await manager.create()
        person, stuck = Watcher(session), Watcher(session, Limits(queued_messages=4))
        for _ in range(3):
            await person.say(type="pause")
        assert stuck.viewer.outbox.closing == Closing("never_reads")
        for watcher in (person, stuck):
            watcher.leave()


async def queued_predictions() -> None:
    async with watching(queued_predictions=2) as person:
        await person.until("frame")
        for number in range(5):
            await person.say(type="predict", inputs=[[number / 10, 0]], id=number)
        await person.until("prediction", lambda said: said["id"] == 4)
        answered = [message["id"] for message in person.seen if message["type"] == "prediction"]
        assert answered == [3, 4], "of too many the newest are answered"


async def queued_questions() -> None:
    questions = Questions(1, 9)
    async with questions.turn(Person("one")), questions.turn(Person("another")):
        with pytest.raises(Refusal) as refused:
            await questions.turn(Person("one")).__aenter__()
        assert (refused.value.code, refused.value.values) == ("too_many_questions", {"limit": 1})


async def queued_questions_of_all() -> None:
    questions = Questions(9, 2)
    async with questions.turn(Person("one")), questions.turn(Person("another")):
        with pytest.raises(Refusal) as refused:
            await questions.turn(Person("a third")).__aenter__()
        assert (refused.value.code, refused.value.values) == ("too_many_questions_of_all", {"limit": 2})
    async with questions.turn(Person("a third")):
        pass


async def queued_exports() -> None:
    """One person's alone are refused the next, and lose none of those they wait for."""
    exports, greedy = Questions(9, 9, 2), Person("school", "a")

    async def save(whose: Person) -> None:
        async with exports.turn(whose):
            pass

    async with exports.turn(greedy):
        waiting = asyncio.create_task(save(greedy))
        await asyncio.sleep(0)
        with pytest.raises(Refusal) as refused:
            await save(greedy)
        assert (refused.value.code, refused.value.values) == ("too_many_exports", {"limit": 2})
        await save(Person("school", "b"))
    await waiting
    await save(greedy)


async def send_seconds() -> None:
    """In test_sockets: it takes a client that does not read."""


async def idle_seconds() -> None:
    async with managing(idle_seconds=0.1) as manager:
        watcher = Watcher(await manager.create())
        Watcher(await manager.create()).leave()
        await eventually(lambda: manager.sessions == 1)  # which is the one that is watched
        assert manager.find(watcher.session.key) is watcher.session
        watcher.leave()
        await eventually(lambda: manager.sessions == 0)


async def unwatched_seconds() -> None:
    async with managing(unwatched_seconds=0.3) as manager:
        watcher = Watcher(await manager.create())
        await watcher.say(type="play")
        watcher.leave()
        again = Watcher(found(manager, watcher.session.key))
        assert (await again.until("state"))["playing"]  # a reload loses nothing
        again.leave()
        await eventually(lambda: manager.playing == 0)
        again = Watcher(found(manager, watcher.session.key))
        assert (await again.until("state"))["status"] == "paused"
        notice = await again.until("notice")
        assert (notice["code"], notice["values"]) == ("paused_unwatched", {"step": again.run.step})
        again.leave()


async def pending_steps() -> None:
    async with watching(pending_steps=30) as person:
        await person.say(type="step", count=31)
        error = await person.until("error")
        assert (error["code"], error["values"]) == ("too_many_pending_steps", {"limit": 30})
        await person.take(30)


async def history() -> None:
    async with managing(history=16) as manager:
        watcher = Watcher(await manager.create())
        for step in range(1, 100):
            watcher.run.branches.history.add(CurveEntry(step, 1 / step, 1 / step, (1.0, 1.0, 1.0)))
        await watcher.say(type="history")
        said = await watcher.until("history", lambda said: said["steps"][-1] == 99)
        assert len(said["steps"]) <= 16
        assert said["steps"][0] == 0
        watcher.leave()


async def measured() -> None:
    async with managing(measured=16) as manager:
        watcher = Watcher(await manager.create())
        for step in range(1, 100):
            values = np.full((len(QUANTITIES), 3), 1 / step, dtype=np.float32)
            watcher.run.branches.measure(0, Measured(step, values))
        await watcher.say(type="history")
        said = await watcher.until("history", lambda said: said["measured"]["steps"][-1:] == [99])
        assert len(said["measured"]["steps"]) <= 16
        watcher.leave()


async def timeline_bytes() -> None:
    async with managing(timeline_bytes=40_000) as manager:
        watcher = Watcher(await manager.create())
        for _ in range(100):
            await watcher.say(type="step", count=10)
            await watcher.until("frame", lambda frame: frame["step"] % 10 == 0)
        timeline = watcher.run.branches.timeline
        assert timeline.nbytes <= 40_000
        assert len(timeline.branches[0].moments) > 10
        watcher.leave()


async def branches() -> None:
    async with watching(branches=3) as person:
        for count in (2, 3):
            await person.say(type="branch")
            said = await person.until("timeline", lambda said: len(said["branches"]) > 1)
            assert len(said["branches"]) == count
        await person.say(type="branch")
        error = await person.until("error")
        assert (error["code"], error["values"]) == ("too_many_branches", {"limit": 3})
        assert len(person.run.branches.timeline.branches) == 3


async def undo_changes() -> None:
    async with watching(undo_changes=3) as person:
        for seed in range(5):
            await person.say(type="configure", spec={"seed": seed})
        said = await person.until("timeline", lambda said: said["undo"] > 0)
        for count in (2, 3, 3, 3):
            said = await person.until("timeline")
            assert said["undo"] == count
        for _ in range(3):
            await person.say(type="undo")
        assert (await person.until("state", lambda state: state["spec"]["seed"] == 1))["spec"]["seed"] == 1
        await person.say(type="undo")
        assert (await person.until("error"))["code"] == "nothing_to_undo"


async def graph_characters() -> None:
    with pytest.raises(Fault, match="graph_too_long"):
        parse("a+b+c", ExpressionLimits(4, 1, 9))


async def graph_depth() -> None:
    with pytest.raises(Fault, match="graph_too_deep"):
        parse("((a))", ExpressionLimits(9, 1, 9))


async def graph_nodes() -> None:
    with pytest.raises(Fault, match="graph_too_many_nodes"):
        parse("a+b", ExpressionLimits(9, 1, 2))


async def stop_seconds() -> None:
    looks = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: next(looks))  # a second passes between two looks
    async with managing(stop_seconds=3) as manager:
        watcher = Watcher(await manager.create())  # and never leaves
        with patch("app.sessions.manager.time", clock):
            await asyncio.wait_for(manager.stop(), PATIENCE)
        assert watcher.viewer.outbox.closing == Closing("server_stopping")
        assert next(looks) == 4


TESTS: list[Callable[[], Awaitable[None]]] = [
    sessions,
    playing,
    viewers,
    connections,
    head_seconds,
    body_seconds,
    head_bytes,
    message_bytes,
    points_bytes,
    model_bytes,
    commands_per_second,
    commands_burst,
    queued_messages,
    queued_predictions,
    study_runs,
    study_seconds,
    queued_studies,
    queued_questions,
    queued_questions_of_all,
    queued_exports,
    upload_bytes,
    upload_bytes_of_person,
    send_seconds,
    idle_seconds,
    kept_seconds,
    unwatched_seconds,
    pending_steps,
    history,
    measured,
    timeline_bytes,
    branches,
    undo_changes,
    store_days,
    store_bytes,
    kept_experiments,
    kept_experiment_bytes,
    kept_bytes,
    kept_days,
    recent_runs,
    kept_file_bytes,
    graph_characters,
    graph_depth,
    graph_nodes,
    memory_bytes,
    process_seconds,
    process_bytes,
    file_seconds,
    file_memory_bytes,
    export_seconds,
    process_idle_seconds,
    stop_seconds,
]


@pytest.mark.parametrize("test", TESTS, ids=lambda test: str(test.__name__))
async def test_limit(test: Callable[[], Awaitable[None]]) -> None:
    await test()


def test_every_limit_has_a_test_and_a_reason() -> None:
    assert [test.__name__ for test in TESTS] == list(Limits.model_fields)
    for field in Limits.model_fields.values():
        assert field.description is not None
        assert len(field.description) > 30


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_LIMITS__SESSIONS", "3")
    monkeypatch.setenv("PLAYGROUND_PORT", "9000")
    monkeypatch.setenv("PLAYGROUND_ALLOWED_ORIGINS", json.dumps(["https://school.example"]))
    settings = Settings()
    assert (settings.limits.sessions, settings.limits.viewers) == (3, Limits().viewers)
    assert (settings.port, settings.allowed_origins) == (9000, frozenset({"https://school.example"}))


async def test_a_full_server_says_so_over_the_wire() -> None:
    with running_server(limits__sessions="1", limits__viewers="1") as server:
        async with connect(address(server)) as socket:
            key = (await until(socket, "state"))["session"]
            async with connect(address(server)) as refused:
                assert await closing(refused) == told(Closing("too_many_sessions", {"limit": 1}))
            async with connect(address(server, key)) as refused:
                assert await closing(refused) == told(Closing("too_many_viewers", {"limit": 1}))
