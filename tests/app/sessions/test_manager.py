"""All sessions of a server: each is found again by its key."""

import asyncio

from tests.app.fake_viewer import PATIENCE, Watcher, eventually, found, managing


async def test_a_session_is_found_again_as_it_was() -> None:
    async with managing() as manager:
        person = Watcher(await manager.create())
        await person.say(type="step", count=7)
        await person.at_step(7)
        person.leave()
        again = Watcher(found(manager, person.session.key))
        assert again.session is person.session
        assert (await again.until("state"))["step"] == 7
        assert (await again.until("frame"))["step"] == 7
        again.leave()
        assert manager.find("no-such-key") is None
        assert manager.find(None) is None


async def test_there_are_seats_while_a_newcomer_would_get_one() -> None:
    async with managing(sessions=2) as manager:
        assert manager.has_seats
        people = [Watcher(await manager.create(address)) for address in ("a", "b")]
        for person in people:
            await person.say(type="step")
        assert not manager.has_seats
        for person in people:
            person.leave()


async def test_a_stopping_server_ends_the_runs_of_others_while_it_waits_for_one_that_does_not_leave() -> None:
    async with managing() as manager:
        manager.limits = manager.limits.model_copy(update={"stop_seconds": 10 * PATIENCE})
        stays, leaves = Watcher(await manager.create()), Watcher(await manager.create())
        stopping = asyncio.create_task(manager.stop())
        leaves.leave()
        await eventually(lambda: manager.find(leaves.session.key) is None)
        assert manager.find(stays.session.key) is stays.session
        stays.leave()
        await asyncio.wait_for(stopping, PATIENCE)
        assert manager.find(stays.session.key) is None
