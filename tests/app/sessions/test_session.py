"""Sessions: what each command does, what is told to whom, and that nothing breaks one."""

import asyncio
import logging
from unittest.mock import AsyncMock, patch

import pytest

from app.sessions.commands import change_commands
from app.settings import Limits
from app.wire.frames import VERSION
from app.wire.messages import Closing
from tests.app.fake_viewer import Watcher, watching


async def test_whoever_comes_is_told_everything_and_shown_a_picture() -> None:
    async with watching() as person:
        state = await person.next()
        assert (state["type"], state["status"], state["step"], state["playing"]) == ("state", "paused", 0, False)
        assert state["spec"]["dataset"] == "circle"
        assert len(state["points"]["train"]) == len(state["points"]["test"]) == 250
        assert (state["batches_per_epoch"], state["parameters_count"]) == (25, 25)
        history = await person.next()
        assert (history["type"], history["steps"], len(history["gradient_norms"])) == ("history", [0], 3)
        assert (await person.next())["type"] == "timeline"
        layout = await person.next()
        assert (layout["type"], layout["revision"], layout["version"]) == ("layout", state["revision"], VERSION)
        frame = await person.next()
        assert (frame["step"], frame["revision"], frame["steps_per_second"]) == (0, state["revision"], 0)


async def test_a_failing_engine_is_logged_once_and_told_and_the_session_survives(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(steps: int) -> None:
        raise RuntimeError(f"no {steps} steps today")

    async with watching() as person:
        await person.say(type="step")
        await person.at_step(1)
        with caplog.at_level(logging.ERROR), monkeypatch.context() as patch:
            patch.setattr(person.trainer, "advance", fail)
            await person.say(type="play")
            error = await person.until("error")
        assert (error["code"], error["values"]) == ("engine_failed", {"step": 1})
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert not person.run.playing
        await person.say(type="reset")
        await person.say(type="step", count=5)
        await person.at_step(5)


async def test_after_a_turn_that_failed_half_way_the_run_is_told_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with watching() as person:
        await person.at_step(0)
        advance = person.trainer.advance

        def take_three_and_fail(_steps: int) -> None:
            advance(3)
            raise RuntimeError("out of memory")

        with monkeypatch.context() as patch:
            patch.setattr(person.trainer, "advance", take_three_and_fail)
            await person.say(type="step", count=10)
            state = await person.until("state")
        assert (state["step"], person.run.step, person.trainer.step) == (3, 3, 3)
        error = await person.until("error")
        assert (error["code"], error["values"]) == ("engine_failed", {"step": 3})
        await person.take(1)


async def test_a_slow_viewer_slows_nobody() -> None:
    async with watching() as person:
        stuck = Watcher(person.session)
        await person.say(type="play")
        for _ in range(10):
            await person.until("frame")
        assert stuck.viewer.outbox.closing is None
        stuck.leave()


async def test_a_viewer_whose_outbox_is_full_is_closed_in_words() -> None:
    async with watching() as person:
        stuck = Watcher(person.session, Limits(queued_messages=4))
        for _ in range(4):
            await person.say(type="speed", steps_per_second=5)
        assert stuck.viewer.outbox.closing == Closing("never_reads")
        stuck.leave()
        await person.say(type="step")
        await person.at_step(1)


async def test_an_export_is_of_the_run_that_is_there_once_it_is_its_turn() -> None:
    async with watching() as person:
        run, worker = person.run, person.session._worker
        exported = AsyncMock(return_value=(b"", {}))
        with patch.object(worker, "export", exported):
            async with person.session._trainer_lock:
                asking = asyncio.create_task(person.session.export("numpy"))
                await asyncio.sleep(0)  # it waits
                await change_commands.restart(run, worker, run.spec.changed(seed=7), bug=None, backend=None)
            await asking
            _, of = exported.call_args.args
            assert (of.spec.seed, of.starts_from_seed, of.changed) == (7, True, False)
            await person.take(3)
            await person.session.export("numpy")
            assert not exported.call_args.args[1].changed
            await person.say(type="configure", spec={"learning_rate": 0.1})
            await person.session.export("numpy")
            assert exported.call_args.args[1].changed
