"""Turns of training: as many steps as asked for, which pictures are made, and how a run ends by itself."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from app.sessions import training
from app.sessions.run import STOP_RULES, Run
from app.sessions.viewers import Viewer
from app.settings import Limits
from app.training_worker.port import FIRST_STEPS
from app.training_worker.threads import TrainingThreads
from engine import Spec, Trainer
from engine.training.picture import Picture
from engine.training.stopping import STOP_FIELDS, StopReason
from tests.app.fake_viewer import ProcessesInThread, Watcher, eventually, managing, watching

PERCEPTRON = {
    "hidden": [],
    "output_activation": "step",
    "optimizer": "perceptron",
    "learning_rate": 0.1,
    "batch_size": 1,
}

DIVERGES = {"dataset": "plane", "hidden": [8, 8], "activation": "linear", "learning_rate": 10}


def slowly(picture: Callable[[int], Picture], seconds: float) -> Callable[[int], Picture]:
    """The same, but it keeps a processor busy for so long."""

    def take(steps: int) -> Picture:
        began = time.thread_time()
        while time.thread_time() - began < seconds:
            np.linalg.norm(np.ones(1000))
        return picture(steps)

    return take


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
        assert frame["train_loss"] == pytest.approx(twin.evaluate()["train_loss"], rel=1e-6)


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


async def test_nobody_who_draws_no_pictures_stops_the_training_or_costs_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with watching() as person:
        await person.say(type="play")
        for _ in range(8):
            await person.next(draw=False)
            if sum(message["type"] == "frame" for message in person.seen) == 2:
                break
        pictures = 0
        picture = person.trainer.picture

        def counted(steps: int = 0) -> Picture:
            nonlocal pictures
            pictures += 1
            return picture(steps)

        monkeypatch.setattr(person.trainer, "picture", counted)
        entries = len(person.run.branches.history)
        await eventually(lambda: len(person.run.branches.history) >= entries + 4)
        assert pictures <= 1  # that may have been on its way
        behind = person.seen[-1]["step"]
        await person.say(type="drawn", frame=person.seen[-1]["frame"])
        assert (await person.until("frame"))["step"] > behind


def test_every_stop_rule_has_its_sentence_and_the_field_to_change() -> None:
    assert set(STOP_RULES) == set(get_args(StopReason))
    assert {field for _, field in STOP_RULES.values()} == {*STOP_FIELDS, "optimizer"}


@pytest.mark.parametrize(
    ("rule", "reason", "step", "words"),
    [
        ({"stop_steps": 37}, "steps", 37, "37 steps are done"),
        ({"stop_epochs": 2}, "epochs", 50, "2 epochs are done"),
        ({"stop_loss": 5.0}, "loss", 25, "fell to 5 and"),
        ({"stop_change": 5.0}, "change", 50, "changed by less than 5"),
        ({"stop_change": 0.9, "learning_rate": 0.00001}, "change", 50, "changed by less than 0.9 "),
        ({"stop_patience": 1, "learning_rate": 1e-30}, "patience", 50, "not improved for 1 epoch and"),
    ],
)
async def test_a_stop_rule_ends_a_run_in_words(rule: dict[str, Any], reason: str, step: int, words: str) -> None:
    async with watching() as person:
        await person.say(type="configure", spec=rule)
        await person.say(type="play")
        state = await person.until("state", lambda state: state["stopped"] is not None)
        assert (state["stopped"], state["step"], state["playing"], state["status"]) == (reason, step, False, "paused")
        notice = await person.until("notice")
        assert notice["code"] == f"stopped_{reason}"
        assert words in notice["message"]
        assert (await person.at_step(step))["stopped"] == reason


async def test_a_small_limit_is_said_without_an_exponent() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"stop_change": 0.00001, "learning_rate": 1e-30})
        await person.say(type="play")
        assert "less than 0.00001 and" in (await person.until("notice"))["message"]


async def test_an_ended_run_goes_on_once_its_rule_no_longer_holds() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"stop_steps": 10})
        await person.say(type="step", count=50)
        await person.until("notice", lambda notice: notice["code"] == "stopped_steps")
        for command in ("play", "step", "epoch"):
            await person.say(type=command)
            error = await person.until("error")
            assert (error["code"], error["values"]) == ("stop_rule_holds", {"fields": ["stop_steps"]})
        await person.say(type="configure", spec={"learning_rate": 0.1})  # another field than a rule
        assert (await person.until("state"))["stopped"] == "steps"
        await person.say(type="configure", spec={"stop_steps": 5})  # another rule, that holds as well
        assert (await person.until("state"))["stopped"] is None
        await person.say(type="play")
        assert (await person.until("notice"))["values"] == {"step": 10, "limit": 5}
        await person.say(type="configure", spec={"stop_steps": 30})
        await person.say(type="play")
        await person.until("notice", lambda notice: notice["values"]["step"] == 30)
        await person.say(type="reset")
        state = await person.until("state", lambda state: state["step"] == 0)
        assert state["stopped"] is None


async def test_a_perceptron_stops_when_it_has_made_no_error_for_an_epoch() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={**PERCEPTRON, "dataset": "and_gate"})
        state = await person.until("state", lambda state: state["spec"]["dataset"] == "and_gate")
        assert (state["inseparable"], state["last_activation"], state["threshold"]) == (False, "step", 0.5)
        await person.say(type="play")
        assert (await person.until("notice"))["code"] == "stopped_no_errors"


async def test_a_perceptron_that_will_never_be_done_is_told_once_when_it_sets_out() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={**PERCEPTRON, "dataset": "xor_gate"})
        state = await person.until("state", lambda state: state["spec"]["dataset"] == "xor_gate")
        assert state["inseparable"] is True
        await person.say(type="step", count=40)
        assert (await person.until("notice"))["code"] == "inseparable"
        await person.say(type="step", count=40)
        await person.at_step(80)
        assert [message.get("code") for message in person.seen if message["type"] == "notice"] == ["inseparable"]


async def test_a_long_epoch_can_be_paused_and_shows_its_end_alone() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"samples": 5000, "train_fraction": 0.9, "batch_size": 1})
        await person.until("frame", lambda frame: frame["epoch_loss"] is None)
        await person.say(type="epoch")
        await person.say(type="pause")
        state = await person.until("state", lambda state: state["step"] > 0)
        assert state["step"] < 4500
        await person.say(type="epoch")
        frame = await person.until("frame", lambda frame: frame["step"] > state["step"])
        assert (frame["step"], frame["epoch"]) == (4500, 1)


async def test_pictures_take_at_most_half_of_a_sessions_time() -> None:
    """A picture takes 0.1 s here. The run is told the time, so that it need not be waited for."""
    now = 100.0
    worker = TrainingThreads("by_hand", ProcessesInThread())
    run = Run("key", await worker.start(Spec()), Limits(), admit=lambda: None, clock=lambda: now)
    viewer = Viewer(run.limits)
    run.join(viewer)
    run.play()
    shown: list[float] = []
    for _ in range(100):
        now += 0.025
        turn = training.next_turn(run, training.TURN_SECONDS)
        assert turn is not None
        trained = await worker.do(run.trainer, turn.job)
        if turn.wanting:
            shown.append(now)
            viewer.seen = run.picture
            now += 0.1
        training.account(run, turn, replace(trained, training_seconds=0.02, picture_seconds=0.1 * bool(turn.wanting)))
    apart = np.diff(shown)
    assert len(apart) > 5
    assert apart.min() >= 0.175  # 0.1 for the picture, and nearly as much for training
    assert apart.max() <= 0.25, "and no longer without one than it needs"
    run.halt()
    turn = training.next_turn(run, training.TURN_SECONDS)
    assert turn is not None
    assert turn.wanting == [viewer], "the last picture does not wait"
    worker.close()


async def test_steps_are_timed_until_they_are_known_to_be_few() -> None:
    now = 100.0
    worker = TrainingThreads("by_hand", ProcessesInThread())
    run = Run("key", await worker.start(Spec()), Limits(), admit=lambda: None, clock=lambda: now)
    run.join(Viewer(run.limits))
    run.set_speed(750)
    run.entries_too_costly = True  # else each of the first steps is taken by itself
    run.play()
    timed = []
    for _ in range(3):
        now += 1 / 60
        turn = training.next_turn(run, training.TURN_SECONDS)
        assert turn is not None
        trained = await worker.do(run.trainer, turn.job)
        assert (trained.training_seconds is None) == (bool(turn.wanting) and not turn.job.timed)
        seconds = None if trained.training_seconds is None else 1e-6
        training.account(run, turn, replace(trained, training_seconds=seconds, picture_seconds=0.0))
        timed.append(turn.job.timed)
    assert timed == [True, False, False]
    worker.close()


async def test_one_sessions_slow_pictures_leave_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        slow, quick = Watcher(await manager.create()), Watcher(await manager.create())
        trainer = slow.trainer
        monkeypatch.setattr(trainer, "picture", slowly(trainer.picture, 0.2))
        await slow.say(type="play")
        await quick.say(type="play")
        watched = asyncio.create_task(slow.until("state", lambda state: state["status"] == "diverged"))
        for _ in range(30):
            await quick.until("frame")
        shown = sum(message["type"] == "frame" for message in slow.seen)
        assert shown < 30
        watched.cancel()
        for watcher in (slow, quick):
            watcher.leave()


async def test_scores_are_the_engines_own_and_only_for_those_who_look_at_them() -> None:
    async with watching() as person:
        other = Watcher(person.session)
        await person.say(type="watch", what=["scores"])
        await person.until("scores", lambda scores: scores["step"] == 0)
        await person.say(type="step", count=40)
        scores = await person.until("scores")
        twin = Trainer(Spec(), backend="by_hand")
        twin.advance(40)
        snapshot = twin.snapshot()
        assert (scores["step"], scores["revision"]) == (40, person.run.revision)
        for name, found, curve in (
            ("train", snapshot.train, snapshot.train_roc),
            ("test", snapshot.test, snapshot.test_roc),
        ):
            assert found["confusion"] is not None
            assert scores["confusion"][name] == found["confusion"].tolist()
            assert scores["scores"][name] == {key: value for key, value in found.items() if key != "confusion"}
            outputs = twin.predict(getattr(twin, f"{name}_points"))
            assert scores["predicted"][name] == "".join(
                "1" if output > twin.spec.threshold else "0" for output in outputs
            )
            assert curve is not None
            assert scores["roc"][name]["auc"] == curve.auc
            for rate in ("fpr", "tpr"):
                np.testing.assert_allclose(scores["roc"][name][rate], getattr(curve, rate), atol=0.5e-4)
        await other.at_step(40)
        await person.say(type="watch", what=[])
        await person.take(3)
        assert [message["step"] for message in person.seen if message["type"] == "scores"] == [0, 40]
        assert not [message for message in other.seen if message["type"] == "scores"]
        await person.say(type="watch", what=["scores"])
        assert (await person.until("scores"))["step"] == 43, "what was missed comes at once"
        other.leave()


async def test_values_have_no_classes_to_confuse() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"dataset": "arithmetic", "hidden": [4], "loss": "mse"})
        await person.say(type="watch", what=["scores"])
        scores = await person.until("scores")
        assert (scores["confusion"], scores["roc"], scores["predicted"]) == (None, None, None)
        assert scores["scores"]["test"]["accuracy"] is None
        assert scores["scores"]["test"]["mae"] > 0
        assert len(scores["r2"]["test"]["each"]) == 2


async def test_while_it_plays_scores_come_twice_a_second_and_the_last_at_once() -> None:
    """The run is told the time, so that it need not be waited for."""
    now = 100.0
    worker = TrainingThreads("by_hand", ProcessesInThread())
    run = Run("key", await worker.start(Spec()), Limits(), admit=lambda: None, clock=lambda: now)
    viewer = Viewer(run.limits)
    viewer.watches = frozenset({"scores"})
    run.join(viewer)
    run.play()
    told: list[float] = []
    for _ in range(100):
        now += 0.025
        scored = viewer.scored
        await training.take_turn(run, worker, 0.025)
        if viewer.scored > scored:
            told.append(now)
        while await _next_at_once(viewer) is not None:
            pass
    apart = np.diff(told)
    assert len(apart) >= 3
    assert apart.min() >= 0.5
    assert apart.max() < 0.6
    run.halt()
    assert training.has_work(run)
    await training.take_turn(run, worker, 0.025)
    assert viewer.scored == run.picture, "the last ones do not wait"
    assert not viewer.lacks_scores(run.picture)
    worker.close()


async def _next_at_once(viewer: Viewer) -> str | bytes | None:
    """What waits for the viewer, which draws it; None: nothing."""
    waiting = asyncio.ensure_future(viewer.outbox.next())
    await asyncio.sleep(0)
    if not waiting.done():
        waiting.cancel()
        return None
    viewer.outbox.drawn(viewer.outbox.newest)
    return waiting.result()


async def test_every_one_of_the_first_steps_is_in_the_curve_that_a_viewer_knows() -> None:
    async with watching() as person:
        await person.until("history")
        known = [0]
        await person.say(type="speed", steps_per_second=None)
        await person.say(type="play")
        while known[-1] < FIRST_STEPS:
            told = await person.next()
            if told["type"] == "entries":
                known += told["steps"]
                assert len(told["train_loss"]) == len(told["steps"]) == len(told["gradient_norms"][0])
            elif told["type"] == "frame":
                known.append(told["step"])
        first = [step for step in dict.fromkeys(known) if step <= FIRST_STEPS]
        assert first == list(range(FIRST_STEPS + 1))


async def test_nobody_needs_to_watch_for_the_first_steps_to_be_recorded() -> None:
    async with managing() as manager:
        session = await manager.create()
        person = Watcher(session)
        await person.say(type="step", count=300)
        person.leave()
        await eventually(lambda: session.run.step == 300)
        assert [entry.step for entry in session.run.branches.history.entries] == list(range(301))
