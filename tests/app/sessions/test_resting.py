"""Sessions that do not train rest in the store where others want their seats, and come back as they were."""

from pathlib import Path

from websockets.asyncio.client import connect

from app.wire.messages import Closing
from tests.app.fake_viewer import Watcher, eventually
from tests.app.running import running_server
from tests.app.sessions.test_saved_run import eventful, everything, keeping, wake
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
            assert again.run.missed is None  # nothing has happened to it
            await again.take(1)
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
        person = Watcher(await manager.create())
        await person.take(3)
        person.leave()
        key = person.session.key
        other = Watcher(await manager.create())
        assert manager.known(key) is None
        other.leave()
        session = await manager.reach(key)
        assert session is not None
        assert session.run.step == 3
        assert await manager.reach("no-such-key") is None


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
