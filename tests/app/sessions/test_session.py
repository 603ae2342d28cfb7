"""Sessions: what each command does, what is told to whom, and that nothing breaks one."""

import asyncio
import logging
from typing import Any

import numpy as np
import pytest

from app.settings import Limits
from app.wire.frames import RESOLUTION
from engine import Snapshot, Trainer
from tests.app.watching import Watcher, eventually, found, managing, watching

DIVERGES = {"dataset": "plane", "hidden": [8, 8], "activation": "linear", "learning_rate": 10}


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
        frame = await person.next()
        assert (frame["step"], frame["revision"], frame["steps_per_second"]) == (0, state["revision"], 0)


async def test_labels_are_plus_or_minus_one_whatever_the_loss() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"loss": "bce"})
        state = await person.until("state", lambda state: state["spec"]["loss"] == "bce")
        assert {t for _, _, t in state["points"]["train"]} == {-1, 1}


async def test_steps_and_epochs_are_exactly_what_was_asked_for() -> None:
    async with watching() as person:
        await person.say(type="step")
        await person.at_step(1)
        await person.say(type="step", count=1000)
        frame = await person.until("frame", lambda frame: frame["step"] > 1)
        assert frame["step"] == 1001  # no picture on the way
        await person.say(type="epoch")
        frame = await person.until("frame", lambda frame: frame["step"] > 1001)
        assert (frame["step"], frame["epoch"]) == (1025, 41)


async def test_the_picture_is_the_engines_own() -> None:
    async with watching() as person:
        await person.say(type="step", count=40)
        frame = await person.at_step(40)
        twin = Trainer(person.trainer.spec, backend="by_hand")
        twin.advance(40)
        for name, values in twin.parameters().items():
            np.testing.assert_array_equal(frame["parameters"][name], values)
        assert frame["train_loss"] == twin.evaluate()["train_loss"]


async def test_playing_and_pausing() -> None:
    async with watching() as person:
        await person.say(type="play")
        assert (await person.until("state", lambda state: state["playing"]))["status"] == "training"
        await person.until("frame", lambda frame: frame["step"] > 50 and frame["steps_per_second"] > 0)
        await person.say(type="pause")
        state = await person.until("state", lambda state: not state["playing"])
        assert state["status"] == "paused"
        last = await person.until("frame", lambda frame: frame["steps_per_second"] == 0)
        assert last["step"] == state["step"] == person.trainer.step
        await asyncio.sleep(0.1)
        assert person.trainer.step == state["step"]


async def test_as_fast_as_the_machine_can_and_one_a_second() -> None:
    async with watching() as person:
        await person.say(type="speed", steps_per_second=None)
        assert (await person.until("state", lambda state: state["speed"] is None))["speed"] is None
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 2000)
        await person.say(type="speed", steps_per_second=1)
        step = (await person.until("state", lambda state: state["speed"] == 1))["step"]
        frame = await person.until("frame", lambda frame: frame["step"] > step)
        assert frame["step"] == step + 1


async def test_a_live_change_goes_on_and_raises_the_revision() -> None:
    async with watching() as person:
        await person.say(type="step", count=30)
        before = await person.at_step(30)
        await person.say(type="configure", spec={"learning_rate": 0.3, "optimizer": "adam", "batch_size": 50})
        state = await person.until("state", lambda state: state["revision"] > before["revision"])
        assert (state["step"], state["batches_per_epoch"], "points" in state) == (30, 5, False)
        after = await person.until("frame", lambda frame: frame["revision"] == state["revision"])
        np.testing.assert_array_equal(after["boundary"], before["boundary"])


@pytest.mark.parametrize("spec", [{}, {"learning_rate": 0.03}, {"hidden": [4, 2], "noise": 0}], ids=str)
async def test_what_changes_nothing_is_answered_and_nothing_else(spec: dict[str, Any]) -> None:
    async with watching() as person:
        await person.say(type="step", count=3)
        before = await person.at_step(3)
        person.seen.clear()
        await person.say(type="configure", spec=spec)
        state = await person.until("state")
        assert (state["revision"], state["step"]) == (before["revision"], 3)
        assert [message["type"] for message in person.seen] == ["state"]


async def test_a_change_that_restarts_keeps_playing_and_says_why() -> None:
    async with watching() as person:
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 20)
        await person.say(type="configure", spec={"hidden": [3], "noise": 5, "l2": 0.1})
        state = await person.until("state", lambda state: "points" in state and state["spec"]["noise"] == 5)
        assert (state["playing"], state["step"], state["status"]) == (True, 0, "training")
        notice = await person.until("notice")
        assert (notice["code"], notice["values"]) == ("restarted", {"fields": ["noise", "hidden"]})
        assert notice["own"]
        frame = await person.until("frame", lambda frame: frame["step"] > 0)
        assert (frame["sizes"], frame["revision"]) == ((2, 3, 1), state["revision"])


@pytest.mark.parametrize("command", [{"type": "configure", "spec": {"noise": 5}}, {"type": "regenerate"}], ids=str)
async def test_only_who_restarted_the_run_is_told_that_it_was_their_doing(command: dict[str, Any]) -> None:
    async with watching() as person:
        other = Watcher(person.session)
        await person.say(type="step", count=1)
        await person.at_step(1)
        await person.say(**command)
        assert (await person.until("notice"))["own"] is True
        assert (await other.until("notice"))["own"] is False
        other.leave()


async def test_reset_is_the_exact_start_and_pauses() -> None:
    async with watching() as person:
        first = await person.at_step(0)
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 20)
        await person.say(type="reset")
        state = await person.until("state", lambda state: "points" in state and not state["playing"])
        assert state["step"] == 0
        assert (await person.until("history"))["steps"] == [0]
        again = await person.at_step(0)
        assert again["revision"] == state["revision"] > first["revision"]
        for name, values in first["parameters"].items():
            np.testing.assert_array_equal(again["parameters"][name], values)


async def test_regenerate_is_another_seed() -> None:
    async with watching() as person:
        before = await person.until("state")
        await person.say(type="regenerate")
        after = await person.until("state")
        assert before["spec"]["seed"] != after["spec"]["seed"]
        assert 0 <= after["spec"]["seed"] < 10_000
        assert before["points"]["train"] != after["points"]["train"]
        assert {**before["spec"], "seed": 0} == {**after["spec"], "seed": 0}


@pytest.mark.parametrize(
    "command",
    [
        {"type": "configure", "spec": {"learning_rate": 0.1, "noise": 51}},
        {"type": "speed", "steps_per_second": 0},
        {"type": "focus", "layer": 7, "neuron": 0},
        {"type": "focus", "layer": 0, "neuron": None},
        {"type": "drawn", "frame": 10**9},
        {"type": "step", "count": 0},
    ],
    ids=str,
)
async def test_what_is_refused_changes_nothing(command: dict[str, Any]) -> None:
    async with watching() as person:
        before = await person.until("state")
        await person.say(**command)
        assert (await person.until("error"))["message"].endswith(".")
        await person.say(type="pause")
        after = await person.until("state")
        assert {name: before[name] for name in after} == after


async def test_a_run_that_diverges_says_so_stops_and_can_be_reset() -> None:
    async with watching() as person:
        await person.say(type="configure", spec=DIVERGES)
        await person.say(type="play")
        state = await person.until("state", lambda state: state["status"] == "diverged")
        assert state["playing"] is False
        notice = await person.until("notice", lambda notice: notice["code"] == "diverged")
        assert notice["values"] == {"step": state["diverged"]} == {"step": state["step"] + 1}
        assert str(state["diverged"]) in notice["message"]
        for command in ("play", "step", "epoch"):
            await person.say(type=command)
            error = await person.until("error")
            assert (error["code"], error["values"]["step"]) == ("diverged_needs_reset", state["diverged"])
        await person.say(type="reset")
        assert (await person.until("state", lambda state: "points" in state))["status"] == "paused"


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


async def test_a_focus_is_for_whoever_asked_and_goes_with_its_neuron() -> None:
    async with watching() as person:
        other = Watcher(person.session)
        await person.say(type="focus", layer=1, neuron=1)
        focus = (await person.until("frame", lambda frame: frame["focus"] is not None))["focus"]
        assert (focus["layer"], focus["neuron"], focus["values"].shape) == (1, 1, (RESOLUTION, RESOLUTION))
        await person.say(type="step")
        assert (await person.at_step(1))["focus"] is not None
        assert (await other.at_step(1))["focus"] is None
        await person.say(type="configure", spec={"hidden": [4]})
        assert (await person.until("frame", lambda frame: frame["sizes"] == (2, 4, 1)))["focus"] is None
        other.leave()


async def test_nobody_who_draws_no_pictures_stops_the_training_or_costs_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with watching() as person:
        await person.say(type="play")
        for _ in range(8):
            await person.next(draw=False)
            if sum(message["type"] == "frame" for message in person.seen) == 2:
                break
        pictures: list[int] = []
        snapshot = person.trainer.snapshot

        def noted(resolution: int) -> Snapshot:
            pictures.append(resolution)
            return snapshot(resolution)

        monkeypatch.setattr(person.trainer, "snapshot", noted)
        await eventually(lambda: len(pictures) >= 4)
        assert RESOLUTION not in pictures[1:]  # the first may have been on its way; the rest are for the loss curve
        assert len(person.run.branches.history) >= 3
        behind = person.seen[-1]["step"]
        await person.say(type="drawn", frame=person.seen[-1]["frame"])
        assert (await person.until("frame"))["step"] > behind


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
        assert stuck.viewer.outbox.closing is not None
        assert stuck.viewer.outbox.closing[0] == 4006
        stuck.leave()
        await person.say(type="step")
        await person.at_step(1)


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


async def test_the_clock_sleeps_while_nobody_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching() as person:
        turns: list[float] = []
        allow_turn = person.session.allow_turn

        def noted(seconds: float) -> None:
            turns.append(seconds)
            allow_turn(seconds)

        monkeypatch.setattr(person.session, "allow_turn", noted)
        await asyncio.sleep(0.15)
        assert turns == []
        await person.say(type="play")
        await eventually(lambda: len(turns) > 2)
        await person.say(type="pause")
        count = len(turns)
        await asyncio.sleep(0.15)
        assert len(turns) <= count + 1


async def test_steps_asked_for_are_work_like_play_and_end_when_nobody_watches() -> None:
    async with managing(playing=1, unwatched_seconds=0.1) as manager:
        first, second = Watcher(await manager.create()), Watcher(await manager.create())
        await first.say(type="step", count=100_000)
        await first.say(type="step", count=100_000)
        assert (await first.until("error"))["code"] == "too_much_owed"
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
        ending = asyncio.Event()
        close = leaving.session.close

        async def slowly() -> None:
            ending.set()
            await asyncio.sleep(0.1)
            await close()

        leaving.session.close = slowly  # type: ignore[method-assign]
        leaving.leave()
        kept.leave()
        await ending.wait()
        back = Watcher(found(manager, kept.session.key))
        await eventually(lambda: manager.sessions == 1)
        await asyncio.sleep(0.2)
        await back.say(type="step")
        await back.at_step(1)
        back.leave()
        await eventually(lambda: manager.sessions == 0)  # the sweep goes on
