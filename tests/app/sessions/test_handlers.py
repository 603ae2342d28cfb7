"""Commands that change nothing of what is trained: play, pause, focus, predictions, and refusals."""

from typing import Any

import numpy as np
import pytest

from app.sessions import training
from app.wire.frames import RESOLUTION
from engine import Spec, Trainer
from tests.app.watching import Watcher, watching


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
        person.session.allow_turn(1.0)  # a tick of the clock that comes late
        for _ in range(2):  # the second is obeyed after that turn
            await person.say(type="history")
        assert not training.has_work(person.run)
        assert person.trainer.step == state["step"]


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
