"""Who makes room on a full server, as a table, and through a manager and a real server."""

from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import connect

from app.sessions.manager import Full
from app.sessions.seats import leaver
from app.wire.messages import Closing
from tests.app.fake_viewer import Watcher, managing
from tests.app.running import running_server
from tests.app.web.test_sockets import address, closing, say, told, until

NOW, KEPT = 1000.0, 120.0


def seat(address: str, idle: float, watched: bool = True, used: bool = True, working: bool = True) -> Any:
    run = SimpleNamespace(visited=True, working=working, viewers=["somebody"] if watched else [])
    return SimpleNamespace(address=address, used=used, used_at=NOW - idle, run=run, can_end=True)


def left(address: str, idle: float, used: bool = True) -> Any:
    return seat(address, idle, watched=False, used=used)


@pytest.mark.parametrize(
    ("seats", "newcomer", "leaves"),
    [
        ([left("a", 130), left("b", 140), seat("b", 500)], "c", 1),  # of the address that holds most
        ([left("a", 300), left("b", 140), left("b", 200)], "c", 2),
        ([left("a", 10), seat("b", 5)], "c", None),  # who left just now may come back
        ([left("a", 10, used=False), seat("b", 5)], "c", 0),  # unless nothing is lost
        ([seat("a", 9999), seat("b", 9999)], "c", None),  # watched, and of no address are there more
        ([seat("a", 9999), seat("a", 9999)], "a", None),  # a class makes no room for one of its own
        ([seat("school", 130), seat("school", 300), seat("b", 900)], "c", 1),
        ([seat("school", 10), seat("school", 20), seat("b", 5), seat("c", 5)], "d", None),
        ([seat("school", 10), seat("school", 20), seat("school", 5), seat("b", 5)], "c", 1),  # the majority gives way
        ([seat("school", 10), seat("school", 20), seat("school", 5), seat("b", 5)], "b", None),
    ],
)
def test_who_leaves(seats: list[Any], newcomer: str, leaves: int | None) -> None:
    assert leaver(seats, newcomer, KEPT, NOW) is (None if leaves is None else seats[leaves])


def paused(address: str, idle: float, watched: bool = True) -> Any:
    return seat(address, idle, watched, working=False)


@pytest.mark.parametrize(
    ("seats", "leaves"),
    [
        ([seat("a", 10), paused("a", 5, watched=False), paused("b", 300)], 1),  # nobody is there
        ([seat("a", 500), paused("b", 130), paused("a", 140)], 2),  # who trains is not disturbed
        ([seat("a", 10), paused("a", 10), paused("b", 10)], None),  # they have just done something
        ([left("a", 130), seat("b", 5)], 0),  # it trains, but not for anybody
    ],
)
def test_who_leaves_where_runs_can_rest(seats: list[Any], leaves: int | None) -> None:
    expected = None if leaves is None else seats[leaves]
    assert leaver(seats, "a", KEPT, NOW, can_rest=True) is expected


async def test_a_seat_of_the_address_that_holds_most_is_given_up_in_words() -> None:
    async with managing(sessions=3) as manager:
        many = [Watcher(await manager.create("attacker")) for _ in range(3)]
        await many[0].say(type="step", count=1)
        person = Watcher(await manager.create("person"))
        assert many[1].viewer.outbox.closing == Closing("seat_taken")
        another = Watcher(await manager.create("another"))
        assert many[2].viewer.outbox.closing == Closing("seat_taken")
        with pytest.raises(Full):
            await manager.create("attacker")
        assert manager.sessions == 3
        for watcher in (*many, person, another):
            watcher.leave()


async def kept_seconds() -> None:
    async with managing(sessions=1, kept_seconds=3600) as manager:
        person = Watcher(await manager.create("a"))
        await person.say(type="step", count=1)
        person.leave()
        with pytest.raises(Full):
            await manager.create("a")
        assert manager.find(person.session.key) is person.session
    async with managing(sessions=1, kept_seconds=0) as manager:
        person = Watcher(await manager.create("a"))
        await person.say(type="step", count=1)
        person.leave()
        await manager.create("a")
        assert manager.find(person.session.key) is None


async def test_the_address_is_the_one_a_trusted_proxy_names() -> None:
    with running_server(limits__sessions="2", trusted_proxies='["127.0.0.1"]') as server:
        stack = AsyncExitStack()

        def coming_from(client: str, key: str = "") -> connect:
            return connect(address(server, key), additional_headers={"X-Forwarded-For": client})

        async with stack, coming_from("192.0.2.1") as first:
            key = (await until(first, "state"))["session"]
            second = await stack.enter_async_context(coming_from("192.0.2.1"))
            await until(second, "state")
            async with coming_from("192.0.2.2") as other:
                await until(other, "state")
                assert await closing(first) == told(Closing("seat_taken"))
                await say(second, type="step")
                await until(second, "frame", lambda frame: frame["step"] == 1)
                async with coming_from("192.0.2.1", key) as refused:
                    assert await closing(refused) == told(Closing("too_many_sessions", {"limit": 2}))
            async with coming_from("192.0.2.1", key) as back:  # for the seat nobody used
                notice = await until(back, "notice")
                assert notice["code"] == "run_is_gone"
