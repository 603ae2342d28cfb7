"""Where the store fails, no run is lost: it stays in memory until it is kept."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy.exc import OperationalError

from app.sessions.manager import Full, SessionManager
from app.sessions.session import STEP_SECONDS
from app.store.records import Save
from app.wire.messages import Closing
from tests.app.fake_viewer import PATIENCE, Watcher, eventually
from tests.app.sessions.kept_runs import begun, everything, keeping, rested, wake


def unreachable(*_: object) -> Any:
    raise OperationalError("", {}, Exception("the server closed the connection"))


@contextmanager
def failing(manager: SessionManager, doing: str, fault: Any = unreachable) -> Iterator[None]:
    """The database does not do this meanwhile, and afterwards it is tried again at once."""
    store = manager.store
    assert store is not None
    with patch.object(store._repository, doing, fault):
        yield
    store._retry_at = 0.0


async def test_a_newcomer_gets_no_seat_of_a_run_that_cannot_be_kept(tmp_path: Path) -> None:
    async with keeping(tmp_path, sessions=1, kept_seconds=0) as manager:
        person = await begun(manager)
        await person.session.keep()
        key = person.session.key
        with failing(manager, "write"):
            await person.say(type="configure", spec={"seed": 5})
            before = everything(person.run)
            for _ in range(2):  # the first one finds out
                with pytest.raises(Full):
                    await manager.create()
            assert manager.known(key) is person.session
        person.leave()
        Watcher(await manager.create()).leave()
        assert manager.known(key) is None
        again = await wake(manager, key)
        assert everything(again.run) == before
        again.leave()


async def test_a_seat_that_nobody_used_is_still_there_for_a_newcomer(tmp_path: Path) -> None:
    async with keeping(tmp_path, sessions=2, kept_seconds=0) as manager:
        used, unused = Watcher(await manager.create()), Watcher(await manager.create())
        with failing(manager, "write"):
            await used.take(3)
            await eventually(lambda: used.session.saver.has_failed)
            used.leave()
            unused.leave()
            await manager.create()
            assert manager.known(used.session.key) is used.session
            assert manager.known(unused.session.key) is None


async def test_a_run_that_nobody_watches_waits_in_memory_for_the_store(tmp_path: Path) -> None:
    async with keeping(tmp_path, idle_seconds=0.1) as manager:
        person, unused = Watcher(await manager.create()), Watcher(await manager.create())
        with failing(manager, "write"):
            await person.take(3)
            await eventually(lambda: person.session.saver.has_failed)
            before = everything(person.run)
            person.leave()
            await eventually(lambda: person.run.clock() - person.run.unwatched_since > 0.1)
            unused.leave()
            await eventually(lambda: manager.known(unused.session.key) is None)  # both were due
            assert manager.known(person.session.key) is person.session
        await eventually(lambda: manager.sessions == 0)
        again = await wake(manager, person.session.key)
        assert everything(again.run) == before
        again.leave()


async def test_who_comes_while_a_run_turns_out_not_to_be_kept_finds_it(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await begun(manager)
        with failing(manager, "write"):
            await person.take(3)
            person.leave()
            ending = asyncio.create_task(manager._end(person.session))
            await asyncio.sleep(0)
            assert manager.known(person.session.key) is None
            assert await manager.enter(person.session.key) is person.session
            assert not await ending


async def test_a_run_that_cannot_be_fetched_now_is_not_gone(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await rested(manager)
        assert manager.store is not None
        with failing(manager, "read"), pytest.raises(Full) as refused:
            await manager.enter(person.session.key)
        assert refused.value.closing == Closing("store_unreachable")
        assert manager.store.state == "failed"
        again = await wake(manager, person.session.key)
        assert again.run.step == 3
        again.leave()


async def test_a_run_for_which_there_is_no_memory_is_not_even_read(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await rested(manager)
        memory = manager.memory
        with (
            patch("app.training_worker.memory.SMALL", 0),
            patch.object(memory, "limit", 10**9),
            patch.object(memory, "_used", lambda: 10**9 - 1000),
            failing(manager, "read", lambda _: pytest.fail("it is read")),
            pytest.raises(Full) as refused,
        ):
            await manager.enter(person.session.key)
        assert refused.value.closing.why == "memory_full"
        (await wake(manager, person.session.key)).leave()


async def test_a_run_that_could_not_be_started_now_is_not_gone(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await rested(manager)
        with patch.object(manager._worker, "start", side_effect=MemoryError), pytest.raises(MemoryError):
            await manager.enter(person.session.key)
        assert manager.sessions == 0
        (await wake(manager, person.session.key)).leave()


async def test_a_stopping_server_waits_for_a_slow_store(tmp_path: Path) -> None:
    """For longer than a step may take."""
    async with keeping(tmp_path) as manager:
        people = [Watcher(await manager.create()) for _ in range(3)]
        assert manager.store is not None
        for person in people:
            await person.take(3)
            await person.session.keep()
        write, may_write = manager.store._repository.write, Event()

        def slowly(save: Save) -> bool:
            may_write.wait(PATIENCE)
            return write(save)

        with failing(manager, "write", slowly):
            for person in people:
                await person.say(type="configure", spec={"batch_size": 3})
                person.leave()
            stopping = asyncio.create_task(manager.stop())
            await asyncio.sleep(STEP_SECONDS + 0.2)
            may_write.set()
            await stopping
        kept = [await manager.store.read(person.session.key) for person in people]
        assert [None if run is None else run.document["revision"] for run in kept] == [
            person.run.revision for person in people
        ]


async def test_pages_are_told_that_the_server_stops_once_their_runs_are_kept(tmp_path: Path) -> None:
    """So that another server, to which they go, finds them as they were."""
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        assert manager.store is not None
        store, close, kept = manager.store, person.viewer.close, []

        def noted(closing: Closing) -> None:
            kept.append(not person.session.saver.is_behind and person.session.saver.idle)
            close(closing)
            person.leave()

        await person.take(3)
        with patch.object(person.viewer, "close", noted):
            await person.say(type="configure", spec={"seed": 8})
            await manager.stop()
        assert kept == [True]
        assert store.state == "ok"


async def test_a_run_that_is_in_memory_is_not_forgotten(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person, other = Watcher(await manager.create()), Watcher(await manager.create())
        assert manager.store is not None
        for one in (person, other):
            await one.take(3)
            await one.session.keep()
            one.leave()
        await manager._end(other.session)
        await manager.store.sweep(seconds=1e6, most_bytes=0)
        assert await manager.store.read(other.session.key) is None
        await manager._end(person.session)
        (await wake(manager, person.session.key)).leave()


async def test_what_cannot_be_written_of_one_run_harms_no_other(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        assert manager.store is not None
        strange, other = Watcher(await manager.create()), Watcher(await manager.create())
        write = manager.store._repository.write

        def not_of_one(save: Save) -> Any:
            if save.key == strange.session.key:
                raise TypeError("Object of type complex is not JSON serializable")
            return write(save)

        with failing(manager, "write", not_of_one):
            for person in (strange, other):
                await person.take(3)
            await eventually(lambda: strange.session.saver.has_failed)
            assert not strange.session.saver.is_due  # else it is tried over and over
            assert await other.session.keep()
            assert not await strange.session.keep()
        assert manager.store.state == "ok"
        assert await strange.session.keep()
        for person in (strange, other):
            person.leave()


async def test_a_run_that_nobody_touched_is_there_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    """It is not kept, so there is nothing to come back to once it has ended."""
    async with keeping(tmp_path, unwatched_seconds=0.05) as manager:
        untouched, used = Watcher(await manager.create()), Watcher(await manager.create())
        untouched.leave()
        await used.take(1)
        used.leave()
        await eventually(lambda: manager.known(used.session.key) is None)
        assert manager.known(untouched.session.key) is untouched.session


async def test_of_a_key_only_the_session_that_was_meant_is_ended(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await rested(manager, 1)
        again = await wake(manager, person.session.key)
        await manager._end(person.session)
        assert manager.known(again.session.key) is again.session
        again.leave()
