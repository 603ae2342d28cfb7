"""All sessions of a server: each is found again by its key."""

from tests.app.fake_viewer import Watcher, found, managing


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
