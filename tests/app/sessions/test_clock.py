"""The clock of all sessions: it sleeps while nobody plays; what nobody watches pauses and ends."""

import asyncio
import itertools
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from app.sessions import training
from app.sessions.run import Run
from app.sessions.training import Turn
from app.training_worker import long_work
from app.training_worker.port import Trained
from tests.app.fake_viewer import PATIENCE, Watcher, eventually, found, managing


async def test_the_clock_sleeps_while_nobody_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        person = Watcher(await manager.create())
        turns: list[float] = []
        begin_turn = person.session.begin_turn

        def noted(seconds: float) -> Turn | None:
            turns.append(seconds)
            return begin_turn(seconds)

        monkeypatch.setattr(person.session, "begin_turn", noted)
        await person.take(500)
        assert turns == [], "steps asked for by number need no clock"
        await person.say(type="play")
        await eventually(lambda: len(turns) > 2)
        await person.say(type="pause")
        await eventually(lambda: not manager.clock.ticking)
        count = len(turns)
        await person.take(500)
        assert len(turns) == count
        person.run.leave(person.viewer)


async def test_steps_asked_for_are_work_like_play_and_end_when_nobody_watches() -> None:
    async with managing(playing=1, unwatched_seconds=0.1) as manager:
        first, second = Watcher(await manager.create()), Watcher(await manager.create())
        await first.say(type="step", count=100_000)
        await first.say(type="step", count=100_000)
        assert (await first.until("error"))["code"] == "too_many_pending_steps"
        assert manager.playing == 1
        await second.say(type="step")
        assert (await second.until("error"))["code"] == "too_many_playing"
        first.leave()
        await eventually(lambda: manager.playing == 0)
        await second.say(type="step")
        await second.at_step(1)
        second.leave()


async def test_whoever_comes_back_while_another_session_ends_finds_a_living_one() -> None:
    async with managing(idle_seconds=0.1) as manager:
        leaving, kept = Watcher(await manager.create()), Watcher(await manager.create())
        ending, may_end = asyncio.Event(), asyncio.Event()
        close = leaving.session.close

        async def held_up() -> None:
            ending.set()
            await may_end.wait()
            await close()

        leaving.session.close = held_up  # type: ignore[method-assign]
        leaving.leave()
        kept.leave()
        await ending.wait()
        back = Watcher(found(manager, kept.session.key))
        may_end.set()
        Watcher(await manager.create()).leave()  # a later sweep ends this one, and not the one that was come back to
        await eventually(lambda: manager.sessions == 1)
        await back.take(1)
        back.leave()
        await eventually(lambda: manager.sessions == 0)  # the sweep goes on


async def test_where_many_take_steps_by_number_their_turns_are_short_as_those_of_play(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a picture of who plays would wait behind all of them."""
    async with managing() as manager:
        monkeypatch.setattr(type(manager.clock._worker), "parallel_jobs", 2)
        people = [Watcher(await manager.create()) for _ in range(8)]
        seconds, take_turn = list[float](), training.take_turn

        async def noted(run: Run, worker: Any, turn: float) -> None:
            if all(person.run.working for person in people):
                seconds.append(turn)
            await take_turn(run, worker, turn)

        monkeypatch.setattr(training, "take_turn", noted)
        for person in people:
            await person.say(type="step", count=100_000)
        await eventually(lambda: len(seconds) > 8)
        assert set(seconds) == {training.TURN_SECONDS * 2 / 8}
        for person in people:
            await person.say(type="pause")
            person.leave()


async def test_a_turn_that_outlasts_its_tick_is_followed_by_the_next_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the next tick but one: with ticks always due, it is asked for no turn before the last has ended."""
    later = itertools.count(0, 2 * PATIENCE)
    async with managing() as manager:
        monkeypatch.setattr("app.sessions.clock.TICK", PATIENCE)
        monkeypatch.setattr("app.sessions.clock.time", SimpleNamespace(monotonic=lambda: next(later)))
        person = Watcher(await manager.create())
        begin_turn, end_turn = person.session.begin_turn, person.session.end_turn
        under_way, asked_meanwhile, ended = False, 0, 0

        def begin(seconds: float) -> Turn | None:
            nonlocal under_way, asked_meanwhile
            asked_meanwhile += under_way
            turn = begin_turn(seconds)
            under_way = under_way or turn is not None
            return turn

        def end(turn: Turn, trained: Trained | Exception) -> None:
            nonlocal under_way, ended
            under_way, ended = False, ended + 1
            end_turn(turn, trained)

        monkeypatch.setattr(person.session, "begin_turn", begin)
        monkeypatch.setattr(person.session, "end_turn", end)
        await person.say(type="speed", steps_per_second=None)
        await person.say(type="play")
        await eventually(lambda: ended > 8)
        assert asked_meanwhile == 0
        person.leave()


async def test_a_run_whose_pictures_take_long_holds_up_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though there is one core, and everything done for it takes without end."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    async with managing() as manager:
        assert manager.clock._worker.parallel_jobs == 1
        large, other = Watcher(await manager.create()), Watcher(await manager.create())
        spec = {"dataset": "random", "samples": 4000, "random_inputs": 20, "hidden": [16], "batch_size": 10}
        await large.say(type="configure", spec=spec)
        assert not large.run.experiment.takes_long
        monkeypatch.setattr(long_work, "QUICK_MULTIPLICATIONS", 4_000_000)
        await large.say(type="configure", spec={**spec, "seed": 4})
        assert large.run.experiment.takes_long
        held_up, may_go_on = Event(), Event()
        picture = large.trainer.picture

        def without_end(*arguments: Any) -> Any:
            held_up.set()
            may_go_on.wait(PATIENCE)
            return picture(*arguments)

        monkeypatch.setattr(large.trainer, "picture", without_end)
        for person in (large, other):
            await person.say(type="play")
        await eventually(held_up.is_set)
        step = other.run.step
        await other.until("frame", lambda frame: frame["step"] > step + 20)
        await other.say(type="configure", spec={"learning_rate": 0.1})
        await other.until("state", lambda state: state["spec"]["learning_rate"] == 0.1)
        await manager.create()  # somebody new comes in
        may_go_on.set()
        await large.until("frame", lambda frame: frame["step"] > 0)
        for person in (large, other):
            person.leave()


def fail(*_: object) -> None:
    raise RuntimeError("a part that fails")


@pytest.mark.parametrize("part", ["engine", "next_turn", "account"])
async def test_what_fails_in_a_turn_ends_its_own_run_alone(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        monkeypatch.setattr(type(manager.clock._worker), "parallel_jobs", 1)  # so that all turns are one job
        failing, other = Watcher(await manager.create()), Watcher(await manager.create())
        for person in (failing, other):
            await person.say(type="play")
        if part == "engine":
            monkeypatch.setattr(failing.trainer, "advance", fail)
        else:
            works = getattr(training, part)

            def fails_for_one(run: Run, *arguments: Any, **named: Any) -> Any:
                return fail() if run is failing.run else works(run, *arguments, **named)

            monkeypatch.setattr(training, part, fails_for_one)
        error = await failing.until("error")
        assert error["code"] == "engine_failed"
        assert not failing.run.playing
        before = other.run.step
        await other.until("frame", lambda frame: frame["step"] > before + 50)
        monkeypatch.undo()
        await failing.take(1)
        for person in (failing, other):
            person.leave()


async def test_a_command_that_comes_during_a_turn_that_fails_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        person = Watcher(await manager.create())
        training_begins, command_is_there = asyncio.Event(), Event()
        loop = asyncio.get_running_loop()

        def fail_later(*_: object) -> None:
            loop.call_soon_threadsafe(training_begins.set)
            command_is_there.wait(PATIENCE)
            fail()

        monkeypatch.setattr(person.trainer, "advance", fail_later)
        await person.say(type="play")
        await training_begins.wait()
        told = asyncio.create_task(person.say(type="history"))
        await asyncio.sleep(0)
        command_is_there.set()
        await asyncio.wait_for(told, PATIENCE)
        assert (await person.until("error"))["code"] == "engine_failed"
        monkeypatch.undo()
        await person.take(1)
        person.leave()
