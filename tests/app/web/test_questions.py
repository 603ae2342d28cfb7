"""Heavy questions: one of each person at a time, all of them one after another, and no more than may wait."""

import asyncio
import threading
from types import SimpleNamespace

import pytest
from fastapi import Request

from app.web.access.questions import Questions
from app.web.access.shares import Person, person
from app.wire.messages import Refusal
from tests.app.fake_viewer import PATIENCE, managing


async def test_behind_one_address_people_are_told_apart_by_their_sessions() -> None:
    async with managing() as manager:
        known = await manager.create()

        def asking(query: str, **path: str) -> Person:
            app = SimpleNamespace(state=SimpleNamespace(manager=manager))
            scope = {"type": "http", "app": app, "client": ("10.0.0.1", 1), "query_string": query.encode()}
            return person(Request({**scope, "path_params": path}))

        assert asking("") == asking("session=invented") == Person("10.0.0.1")
        assert asking(f"session={known.key}") == asking("", key=known.key) == Person("10.0.0.1", known.key)


async def test_one_of_each_person_at_a_time() -> None:
    questions, order = Questions(9, 99), list[str]()
    go_on = {name: asyncio.Event() for name in ("a1", "a2", "b1")}
    began = {name: asyncio.Event() for name in go_on}

    async def ask(name: str) -> None:
        async with questions.turn(Person("school", name[0])):
            order.append(name)
            began[name].set()
            await go_on[name].wait()

    asking = [asyncio.create_task(ask(name)) for name in go_on]
    async with asyncio.timeout(PATIENCE):
        await began["a1"].wait()
        await began["b1"].wait()
        assert order == ["a1", "b1"], "the second of one person waits for its first, and nobody else does"
        for event in go_on.values():
            event.set()
        await asyncio.gather(*asking)
    assert order == ["a1", "b1", "a2"]
    assert not questions._turns
    assert not questions._shares.held()


async def test_whoever_is_gone_gives_up_the_place() -> None:
    questions = Questions(2, 99)
    async with questions.turn(Person("a")):
        waiting = asyncio.create_task(ask_once(questions))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        waiting = asyncio.create_task(ask_once(questions))
        await asyncio.sleep(0)
        with pytest.raises(Refusal, match="too_many_questions"):
            await ask_once(questions)
    async with asyncio.timeout(PATIENCE):
        await waiting


async def ask_once(questions: Questions) -> None:
    async with questions.turn(Person("a")):
        pass


@pytest.mark.parametrize(("of_address", "newcomer"), [(4, Person("school", "b")), (9, Person("home"))])
async def test_whoever_holds_all_places_gives_way_to_somebody_who_holds_none(of_address: int, newcomer: Person) -> None:
    """Behind the same address, and from another where all places together are taken."""
    questions, greedy = Questions(of_address, 4), Person("school", "a")
    order: list[str] = []

    async def ask(whose: Person, name: str) -> None:
        async with questions.turn(whose):
            order.append(name)

    async with asyncio.timeout(PATIENCE), questions.turn(greedy):
        waiting = [asyncio.create_task(ask(greedy, f"greedy {number}")) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal):
            await ask(greedy, "one more")
        await ask(newcomer, "newcomer")
        with pytest.raises(Refusal, match="too_many_questions"):
            await waiting[2]
        assert not waiting[2].cancelled()
    await asyncio.gather(*waiting[:2])
    assert order == ["newcomer", "greedy 0", "greedy 1"]
    assert not questions._turns
    assert not questions._shares.held()


async def test_one_after_another_at_the_processor() -> None:
    questions, working, most = Questions(9, 99), threading.Semaphore(1), list[bool]()

    def work(number: int) -> int:
        most.append(working.acquire(blocking=False))
        working.release()
        return number

    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*(questions.compute(work, number) for number in range(8))) == list(range(8))
    assert all(most)
