"""Sessions that do not train rest in the store where others want their seats, and come back as they were."""

import asyncio
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from websockets.asyncio.client import ClientConnection, connect

from app.wire.messages import Closing, Refusal
from engine.training.weights import Weights
from tests.app.fake_viewer import Watcher, eventually
from tests.app.running import running_server
from tests.app.sessions.kept_runs import begun, eventful, everything, keeping, wake
from tests.app.web.test_sockets import address, closing, say, told, until


async def test_more_people_than_seats_lose_nothing(tmp_path: Path) -> None:
    """All come, one after the other, and all come back."""
    async with keeping(tmp_path, sessions=2) as manager:
        runs = []
        for number in range(6):
            person = Watcher(await manager.create())
            await person.say(type="configure", spec={"seed": number})
            await person.take(number + 1)
            person.leave()
            runs.append((person.session.key, everything(person.run)))
        assert manager.sessions == 2
        for key, before in runs:
            again = Watcher(manager.find(key) or await manager.enter(key))
            assert again.session.key == key
            assert everything(again.run) == before
            await again.take(1)
            assert not [said for said in again.seen if said["type"] == "notice"]  # nothing has happened to it
            again.leave()
        assert manager.sessions == 2


async def test_who_is_idle_is_told_that_the_run_rests_and_finds_it_again(tmp_path: Path) -> None:
    async with keeping(tmp_path, sessions=2, kept_seconds=0) as manager:
        idle, playing = Watcher(await manager.create("a")), Watcher(await manager.create("b"))
        await eventful(idle)
        before = everything(idle.run)
        await playing.say(type="play")
        newcomer = Watcher(await manager.create("a"))
        assert idle.viewer.outbox.closing == Closing("resting")
        assert manager.known(idle.session.key) is None
        assert playing.run.playing
        idle.leave()
        newcomer.leave()
        again = Watcher(await manager.enter(idle.session.key, "a"))
        assert everything(again.run) == before
        assert manager.known(newcomer.session.key) is None  # whose seat it has now
        for person in (again, playing):
            person.leave()


async def test_a_run_that_nobody_watches_rests_paused(tmp_path: Path) -> None:
    async with keeping(tmp_path, unwatched_seconds=0.05) as manager:
        person = Watcher(await manager.create())
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 5)
        person.leave()
        await eventually(lambda: manager.sessions == 0)
        again = await wake(manager, person.session.key)
        assert again.run.step == person.run.step
        notice = await again.until("notice")
        assert notice["code"] == "paused_unwatched"
        again.leave()


async def test_a_run_that_rests_is_woken_for_whoever_looks_at_it(tmp_path: Path) -> None:
    async with keeping(tmp_path, sessions=1) as manager:
        person = await begun(manager)
        person.leave()
        key = person.session.key
        other = Watcher(await manager.create())
        assert manager.known(key) is None
        other.leave()
        session = await manager.reach(key)
        assert session is not None
        assert session.run.step == 3
        assert await manager.reach("no-such-key") is None


async def test_a_run_that_is_looked_at_trains_on_only_for_whoever_watches_it(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        playing, asking = Watcher(await manager.create()), Watcher(await manager.create())
        await playing.say(type="play")
        await playing.until("frame", lambda frame: frame["step"] > 5)
        await asking.say(type="step", count=4000)
        for person in (playing, asking):
            await manager._end(person.session)
            person.leave()
        steps = [person.run.step for person in (playing, asking)]
        looked_at = [await manager.reach(person.session.key) for person in (playing, asking)]
        other = Watcher(await manager.create())
        await other.say(type="play")
        await other.until("frame", lambda frame: frame["step"] > 5)
        for session, step in zip(looked_at, steps, strict=True):
            assert session is not None
            assert session.run.working
            assert session.run.step <= step
            again = Watcher(session)
            while (await again.until("frame"))["step"] <= step:
                pass
            again.leave()
        other.leave()


async def test_a_copy_of_a_run_that_rests_is_a_run_of_its_own(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await eventful(person)
        person.leave()
        await manager._end(person.session)
        duplicate = Watcher(await manager.enter(person.session.key, copied=True))
        assert duplicate.session.key != person.session.key
        assert duplicate.run.step == person.run.step
        await duplicate.say(type="reset")
        original = manager.known(person.session.key)
        assert original is not None
        assert everything(original.run) == everything(person.run)
        duplicate.leave()


async def test_where_there_is_no_seat_to_look_at_a_run_it_is_not_said_to_be_gone(tmp_path: Path) -> None:
    async with keeping(tmp_path, sessions=1, kept_seconds=0) as manager:
        person = await begun(manager)
        other = Watcher(await manager.create())
        await other.say(type="play")
        with pytest.raises(Refusal) as refused:
            await manager.reach(person.session.key)
        assert refused.value.code == "run_cannot_be_fetched"
        for one in (person, other):
            one.leave()


async def test_weights_are_not_lost_with_a_run_that_comes_to_rest_meanwhile(tmp_path: Path) -> None:
    """Either the run rests with them, or they are refused."""
    async with keeping(tmp_path) as manager:
        person = await begun(manager)
        session, weights = person.session, Weights(person.trainer.parameters())
        reading, may_be_read = asyncio.Event(), asyncio.Event()

        async def read(*_: object) -> Any:
            reading.set()
            await may_be_read.wait()
            return weights

        with patch.object(manager._worker, "read_weights", read):
            loading = asyncio.create_task(session.load_weights(b""))
            await reading.wait()
            person.leave()
            await manager._end(session)
            may_be_read.set()
            with pytest.raises(Refusal):
                await loading
        (await wake(manager, session.key)).leave()


async def test_a_change_that_is_under_way_is_kept_when_the_run_comes_to_rest(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await begun(manager)
        session, weights = person.session, Weights(person.trainer.parameters())
        await session.keep()
        beginning, may_begin, begin = asyncio.Event(), asyncio.Event(), manager._worker.start

        async def start(*arguments: Any, **named: Any) -> Any:
            beginning.set()
            await may_begin.wait()
            return await begin(*arguments, **named)

        async def read(*_: object) -> Any:
            return weights

        with patch.object(manager._worker, "read_weights", read), patch.object(manager._worker, "start", start):
            loading = asyncio.create_task(session.load_weights(b""))
            await beginning.wait()
            person.leave()
            ending = asyncio.create_task(manager._end(session))
            asyncio.get_running_loop().call_later(0.05, may_begin.set)
            await loading
            assert await ending
        again = await wake(manager, session.key)
        assert again.run.revision == person.run.revision > 1
        again.leave()


async def test_not_more_watch_a_run_that_is_woken_for_many_at_once(tmp_path: Path) -> None:
    with running_server(store="", data=str(tmp_path)) as server:
        async with connect(address(server)) as first:
            key = (await until(first, "state"))["session"]
            await say(first, type="step", count=9)
            await until(first, "frame", lambda frame: frame["step"] == 9)
        server.stop()
    with running_server("slow_to_load", store="", data=str(tmp_path), limits__viewers="2") as server:
        sockets = await asyncio.gather(*(connect(address(server, key)) for _ in range(5)))
        try:
            found = [await answered(socket) for socket in sockets]
            assert sorted(found) == ["closing"] * 3 + ["state"] * 2
        finally:
            await asyncio.gather(*(socket.close() for socket in sockets))


async def answered(socket: ClientConnection) -> str:
    """The type of what it is told when it no longer waits."""
    async for item in socket:
        if isinstance(item, str) and (kind := json.loads(item)["type"]) != "notice":
            return str(kind)
    return "nothing"


async def test_over_sockets_a_run_that_rested_goes_on(tmp_path: Path) -> None:
    with running_server(store="", data=str(tmp_path), limits__sessions="1", limits__kept_seconds="0") as server:
        async with connect(address(server)) as first:
            key = (await until(first, "state"))["session"]
            await say(first, type="step", count=9)
            await until(first, "frame", lambda frame: frame["step"] == 9)
            async with connect(address(server)) as second:
                assert (await until(second, "state"))["session"] != key
                assert await closing(first) == told(Closing("resting"))
        async with connect(address(server, key)) as again:
            state = await until(again, "state")
            assert (state["session"], state["step"]) == (key, 9)
            assert (await until(again, "frame"))["step"] == 9
        assert "Traceback" not in server.said
