"""Commands that change nothing of what is trained: play, pause, focus, predictions, and refusals."""

import asyncio
from typing import Any

import numpy as np
import pytest

from app.sessions import training
from engine import Spec, Trainer
from engine.nn.picture_layout import BOUNDARY_SIDE
from tests.app.fake_viewer import Watcher, watching


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
        assert person.session.begin_turn(1.0) is None, "a tick of the clock that comes late"
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
        assert (focus["layer"], focus["neuron"], focus["values"].shape) == (1, 1, (BOUNDARY_SIDE, BOUNDARY_SIDE))
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
        assert said["layers"] is None
        await person.say(type="predict", inputs=rows, id=8, layers=True)
        said = await person.until("prediction", lambda said: said["id"] == 8)
        for told, values in zip(said["layers"], twin.layer_outputs(np.array(rows)), strict=True):
            np.testing.assert_allclose(told, values[:, 0], rtol=1e-3)


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


async def test_while_it_plays_a_prediction_belongs_to_a_frame() -> None:
    async with watching() as person:
        await person.until("frame")
        await person.say(type="play")
        steps: dict[int, int] = {}
        told: list[dict[str, Any]] = []
        while len(told) < 5 or told[-1]["frame"] not in steps:
            message = await person.next()
            if message["type"] == "prediction":
                told.append(message)
            elif message["type"] == "frame":
                steps[message["frame"]] = message["step"]
                await person.say(type="predict", inputs=[[7, 4]], id=message["frame"], with_frame=True)
        twin = Trainer(Spec(), backend="by_hand")
        for said in told:
            assert said["step"] == steps[said["frame"]]
            twin.advance(said["step"] - twin.step)
            np.testing.assert_allclose(said["outputs"], twin.predict([[7, 4]]), rtol=1e-6)
        assert told[-1]["step"] > told[0]["step"]


async def test_a_question_that_comes_with_the_last_frame_is_answered_at_once() -> None:
    async with watching() as person:
        frame = await person.take(10)
        for number in (1, 2):
            await person.say(type="predict", inputs=[[1, 2]], id=number, with_frame=True)
            said = await person.until("prediction")
            assert (said["id"], said["frame"], said["step"]) == (number, frame["frame"], 10)
        await person.say(type="predict", inputs=[[1, 2]], id=3)
        assert (await person.until("prediction"))["frame"] is None


async def test_a_question_asked_during_a_turn_that_is_not_shown_waits_for_the_next_frame() -> None:
    async with watching() as person:
        first = await person.until("frame")
        async with person.session._trainer_lock:
            await person.say(type="predict", inputs=[[1, 2]], id=1, with_frame=True)
            for _ in range(10):  # the session comes to wait for the Trainer
                await asyncio.sleep(0)
            person.trainer.advance(1)
            person.run.picture += 1
        said = await person.until("prediction")
        second = next(message for message in reversed(person.seen) if message["type"] == "frame")
        assert first["frame"] < said["frame"] == second["frame"]
        assert said["step"] == second["step"] == 1


async def test_the_value_of_a_neuron_and_of_a_feature_is_told() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"dataset": "arithmetic", "hidden": [6, 5]})
        rows = [[7.0, 2.5], [-3.0, 1.0]]
        layers = person.trainer.layer_outputs(rows)
        for layer, neuron in [(0, 5), (1, 2), (2, 1)]:
            await person.say(type="predict", inputs=rows, id=1, layer=layer, neuron=neuron)
            said = await person.until("prediction")
            np.testing.assert_allclose(said["neuron"], layers[layer][neuron], rtol=1e-6)
        await person.say(type="predict", inputs=rows, id=1, layer=-1, neuron=4)
        said = await person.until("prediction")
        np.testing.assert_allclose(said["neuron"], [0.7 * 0.25, -0.3 * 0.1], rtol=1e-6)
        await person.say(type="predict", inputs=rows, id=1)
        assert (await person.until("prediction"))["neuron"] is None


@pytest.mark.parametrize(
    "place",
    [{"layer": 0, "neuron": 4}, {"layer": 3, "neuron": 0}, {"layer": -1, "neuron": 7}, {"layer": 0}, {"neuron": 0}],
)
async def test_a_neuron_that_is_not_there_is_refused(place: dict[str, int]) -> None:
    async with watching() as person:
        await person.say(type="predict", inputs=[[1, 2]], id=1, **place)
        error = await person.until("error")
        assert (error["code"], error["values"]) == ("no_such_neuron", {"layer": None, "neuron": None, **place})


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
