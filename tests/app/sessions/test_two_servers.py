"""Two servers on one database: a run is awake in one of them at most."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from app.sessions.manager import Full, SessionManager
from app.store import store
from app.store.opening import open_address, open_folder
from app.store.repository import LEASE_SECONDS, Repository
from app.store.store import Store
from app.wire.messages import Closing
from tests.app.fake_viewer import Watcher, eventually, managing
from tests.app.sessions.kept_runs import everything, wake
from tests.app.store.databases import postgres


class Servers:
    """Each with a store of its own over the same database."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self.later = 0.0
        """Seconds that have passed for all of them."""
        self._open_store = open_store

    @asynccontextmanager
    async def another(self) -> AsyncIterator[SessionManager]:
        opened = self._open_store()
        opened._repository._clock = lambda: 1e9 + self.later
        with patch.object(store, "BEAT_SECONDS", 0.02), patch.object(store, "ASK_SECONDS", 0.01):
            async with managing(None, opened) as manager:
                opened.start(manager.limits)
                yield manager
                await manager.stop()
            await opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Servers]:
    if request.param == "postgres":
        with postgres() as database:
            yield Servers(lambda: Store(open_address(database.address)))
    else:
        file = Store(open_folder(tmp_path))

        def sharing() -> Store:
            """SQLite lets one server in; these take turns over its connection, in one thread."""
            repository = Repository(lambda: file._repository._connection, is_shared=True)
            sharing = Store(repository)
            sharing._thread.submit = file._thread.submit  # type: ignore[method-assign]
            return sharing

        with patch.object(Repository, "close"):
            yield Servers(sharing)
        file._repository.close()
        file._thread.shutdown()


def falls_silent(manager: SessionManager) -> None:
    """As a server that hangs, or that the database does not hear any more."""
    assert manager.store is not None
    for task in manager.store._tasks:
        task.cancel()


async def test_a_run_that_nobody_watches_is_handed_over_as_it_is(servers: Servers) -> None:
    async with servers.another() as first, servers.another() as second:
        person = Watcher(await first.create())
        await person.take(5)
        await person.say(type="play")
        await person.session.keep()
        person.leave()
        again = await wake(second, person.session.key)
        assert first.known(person.session.key) is None
        assert everything(again.run) == everything(person.run)
        assert again.run.playing
        again.leave()
        back = await wake(first, person.session.key)
        assert second.known(person.session.key) is None
        back.leave()


async def test_a_run_that_is_watched_stays_and_the_other_person_is_told(servers: Servers) -> None:
    async with servers.another() as first, servers.another() as second:
        person = Watcher(await first.create())
        await person.take(5)
        await person.session.keep()
        with pytest.raises(Full) as refused:
            await second.enter(person.session.key)
        assert refused.value.closing == Closing("awake_elsewhere")
        assert second.sessions == 0
        await person.take(5)
        assert await person.session.keep()
        person.leave()
        again = await wake(second, person.session.key)
        assert again.run.step == 10
        again.leave()


async def test_a_tab_that_is_duplicated_gets_a_copy_of_a_run_that_is_watched_elsewhere(servers: Servers) -> None:
    async with servers.another() as first, servers.another() as second:
        person = Watcher(await first.create())
        await person.say(type="configure", spec={"learning_rate": 0.05})
        await person.take(5)
        await person.session.keep()
        duplicate = Watcher(await second.enter(person.session.key, copied_if_elsewhere=True))
        kept = everything(person.run)
        assert (duplicate.run.step, duplicate.run.spec) == (5, person.run.spec)
        assert duplicate.run.copied
        assert duplicate.session.key != person.session.key
        await duplicate.take(3)
        assert await duplicate.session.keep()
        assert everything(person.run) == kept
        assert await person.session.keep(), "it is the first server's as before"
        await person.take(3)
        assert duplicate.run.branches.timeline.branches[0].last_step == 8
        assert person.trainer.parameters()["layers.0.weight"].tolist() == (
            duplicate.trainer.parameters()["layers.0.weight"].tolist()
        )
        for watcher in (person, duplicate):
            watcher.leave()


async def test_the_run_of_a_dead_server_is_taken_over_when_its_lease_has_run_out(servers: Servers) -> None:
    async with servers.another() as first, servers.another() as second:
        person = Watcher(await first.create())
        await person.take(5)
        await person.session.keep()
        falls_silent(first)
        waking = asyncio.create_task(wake(second, person.session.key))
        assert second.store is not None
        await second.store.read(person.session.key)  # what was asked for before has been answered
        servers.later = LEASE_SECONDS - 1
        await second.store.read(person.session.key)
        assert not waking.done()
        servers.later = LEASE_SECONDS + 1
        again = await waking
        await again.take(3)
        await again.session.keep()
        await person.say(type="configure", spec={"seed": 9})  # the dead one was only asleep
        await eventually(lambda: person.viewer.outbox.closing == Closing("awake_elsewhere"))
        person.leave()
        await eventually(lambda: first.known(person.session.key) is None)
        before = everything(again.run)
        again.leave()
        back = await wake(first, person.session.key)
        assert everything(back.run) == before
        back.leave()
