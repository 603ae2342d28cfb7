"""Heavy questions: one of each person at a time, all of them one after another, and no more than may wait."""

import asyncio
import threading

import pytest

from app.web.access.questions import Questions
from app.wire.messages import Refusal
from tests.app.fake_viewer import PATIENCE


async def test_one_of_each_person_at_a_time() -> None:
    questions, order = Questions(9, 99), list[str]()
    go_on = {name: asyncio.Event() for name in ("a1", "a2", "b1")}
    began = {name: asyncio.Event() for name in go_on}

    async def ask(name: str) -> None:
        async with questions.turn(name[0]):
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
    assert not questions._waiting


async def test_whoever_is_gone_gives_up_the_place() -> None:
    questions = Questions(2, 99)
    async with questions.turn("a"):
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
    async with questions.turn("a"):
        pass


async def test_one_after_another_at_the_processor() -> None:
    questions, working, most = Questions(9, 99), threading.Semaphore(1), list[bool]()

    def work(number: int) -> int:
        most.append(working.acquire(blocking=False))
        working.release()
        return number

    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*(questions.compute(work, number) for number in range(8))) == list(range(8))
    assert all(most)
