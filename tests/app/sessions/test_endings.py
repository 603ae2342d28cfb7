"""How a run ends by itself, what is said of it, and how it can go on; predictions; work that takes long."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

from app.sessions.run import STOP_RULES
from engine import Snapshot, Spec, Trainer
from engine.training.stopping import RULES, StopReason
from tests.app.watching import Watcher, managing, watching

PERCEPTRON = {
    "hidden": [],
    "output_activation": "step",
    "optimizer": "perceptron",
    "learning_rate": 0.1,
    "batch_size": 1,
}


def test_every_stop_rule_has_its_sentence_and_the_field_to_change() -> None:
    assert set(STOP_RULES) == set(get_args(StopReason))
    assert {field for _, field in STOP_RULES.values()} == {*RULES, "optimizer"}


@pytest.mark.parametrize(
    ("rule", "reason", "step", "words"),
    [
        ({"stop_steps": 37}, "steps", 37, "37 steps are taken"),
        ({"stop_epochs": 2}, "epochs", 50, "2 epochs are over"),
        ({"stop_loss": 5.0}, "loss", 25, "came down to 5"),
        ({"stop_change": 5.0}, "change", 50, "changed by less than 5"),
        ({"stop_change": 0.9, "learning_rate": 0.00001}, "change", 50, "changed by less than 0.9 "),
        ({"stop_patience": 1, "learning_rate": 1e-30}, "patience", 50, "not improved for 1 epochs"),
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


async def test_predictions_are_the_engines_own_with_their_answers() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"loss": "cross_entropy"})
        await person.say(type="step", count=20)
        await person.at_step(20)
        rows = [[0.5, -1], [3, 4]]
        await person.say(type="predict", inputs=rows, id=7)
        said = await person.until("prediction")
        twin = Trainer(Spec(loss="cross_entropy"), backend="by_hand")
        twin.advance(20)
        outputs = twin.predict(np.array(rows))
        assert (said["id"], said["step"]) == (7, 20)
        np.testing.assert_allclose(said["outputs"], outputs, rtol=1e-7)
        shares = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(said["answers"], shares, rtol=1e-6)


async def test_of_many_questions_at_once_the_newest_are_answered() -> None:
    async with watching() as person:
        await person.until("frame")
        most = person.run.limits.queued_predictions
        for number in range(most + 5):
            await person.say(type="predict", inputs=[[number / 10, 0]], id=number)
        await person.until("prediction", lambda said: said["id"] == most + 4)
        answered = [message["id"] for message in person.seen if message["type"] == "prediction"]
        assert answered == list(range(5, most + 5))


async def test_sums_are_answered_in_plain_numbers() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"dataset": "arithmetic", "hidden": [6]})
        await person.say(type="predict", inputs=[[7, 2.5]], id=1)
        said = await person.until("prediction")
        np.testing.assert_allclose(said["answers"], 10 * np.array(said["outputs"]), rtol=1e-6)


async def test_a_row_of_another_length_is_refused() -> None:
    async with watching() as person:
        await person.say(type="predict", inputs=[[1, 2], [1, 2, 3]], id=1)
        error = await person.until("error")
        assert (error["code"], error["values"]) == ("wrong_row", {"row": 2, "count": 3, "limit": 2})


async def test_a_question_to_an_experiment_that_is_no_more_gets_no_answer() -> None:
    async with watching() as person:
        revision = (await person.until("state"))["revision"]
        await person.say(type="configure", spec={"dataset": "random", "random_inputs": 3, "loss": "mse"})
        await person.say(type="predict", inputs=[[1, 2]], id=1, revision=revision)
        await person.say(type="predict", inputs=[[1, 2, 3]], id=2)
        assert (await person.until("prediction"))["id"] == 2
        assert not [said for said in person.seen if said["type"] == "error"]


async def test_digits_come_with_pictures_and_answer_to_one() -> None:
    async with watching() as person:
        spec = {"dataset": "digits", "samples": 200, "hidden": [8], "loss": "cross_entropy"}
        await person.say(type="configure", spec=spec)
        state = await person.until("state", lambda state: state["spec"]["dataset"] == "digits")
        assert state["points"] == {"train": [], "test": []}
        assert (state["pictures"]["side"], state["pictures"]["count"], state["classes"]) == (8, 100, 10)
        samples = state["pictures"]["samples"]
        assert [sample["label"] for sample in samples[:10]] == list(range(10))
        assert all(0 <= pixel <= 255 for sample in samples for pixel in sample["pixels"])
        await person.say(type="predict", inputs=[[pixel / 255 for pixel in samples[0]["pixels"]]], id=2)
        answers = np.array((await person.until("prediction"))["answers"])
        assert answers.shape == (1, 10)
        assert answers.sum() == pytest.approx(1, abs=1e-6)


async def test_pictures_without_a_folder_are_refused_in_a_sentence() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"dataset": "mnist", "loss": "cross_entropy"})
        error = await person.until("error")
        assert error["code"] == "mnist_no_folder"
        assert "MNIST" in error["message"]
        await person.say(type="step")
        await person.at_step(1)


async def test_the_state_says_what_must_be_known_to_draw() -> None:
    async with watching() as person:
        spec = {"dataset": "rings", "classes": 3, "hidden": [6, 6, 6], "optimizer": "muon", "loss": "cross_entropy"}
        await person.say(type="configure", spec=spec)
        state = await person.until("state", lambda state: state["classes"] == 3)
        assert (state["sizes"], state["outputs"], state["last_activation"]) == ([2, 6, 6, 6, 3], 3, "linear")
        assert dict(state["tensors"])["layers.3.weight"] == [3, 6]
        assert state["rule"]["layers.1.weight"] == "muon"
        assert state["rule"]["layers.0.weight"] == state["rule"]["layers.1.bias"] == "adamw"
        assert state["kind"]["targets"] == "classes"
        assert {t for _, _, t in state["points"]["train"]} == {0, 1, 2}


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


def slowly(snapshot: Callable[[int], Snapshot], seconds: float) -> Callable[[int], Snapshot]:
    """The same, but it keeps a processor busy for so long."""

    def take(resolution: int) -> Snapshot:
        began = time.thread_time()
        while time.thread_time() - began < seconds:
            np.linalg.norm(np.ones(1000))
        return snapshot(resolution)

    return take


async def test_pictures_take_at_most_half_of_a_sessions_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching() as person:
        trainer, times = person.trainer, []
        monkeypatch.setattr(trainer, "snapshot", slowly(trainer.snapshot, 0.1))
        await person.say(type="play")
        for _ in range(6):
            await person.until("frame")
            times.append(time.monotonic())
        assert min(np.diff(times[1:])) >= 0.17  # 0.1 for the picture, and nearly as much for training
        await person.say(type="pause")
        last = await person.until("frame", lambda frame: frame["steps_per_second"] == 0)
        assert last["step"] == person.run.step  # the last picture does not wait


async def test_one_sessions_slow_pictures_leave_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        slow, quick = Watcher(await manager.create()), Watcher(await manager.create())
        trainer = slow.trainer
        monkeypatch.setattr(trainer, "snapshot", slowly(trainer.snapshot, 0.2))
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
