"""Looking into a step, changing a number, and going through time, as a session does them."""

from math import fsum, prod
from typing import Any

import numpy as np
import pytest

from app.sessions.history import undo
from engine import Spec, Trainer
from engine.explaining.explain import explain
from engine.explaining.terms import Subject
from engine.explaining.traced_step import TracedStep
from tests.app.fake_viewer import watching

WEIGHT = {"kind": "weight", "layer": 1, "index": 0, "source": 2}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine splits no turn of a knob."""
    monkeypatch.setattr(undo, "TURNING", 3600.0)


def adds_up(line: dict[str, Any]) -> bool:
    values = [term["value"] for term in line["terms"]]
    found = fsum(values) if line["op"] == "sum" else prod(values) if line["op"] == "product" else line["total"]
    unit = sum(map(abs, values)) if line["op"] == "sum" else abs(found)
    return bool(abs(found - line["total"]) <= 1e-6 * unit + (2e-7 if line["name"] in ("step", "new") else 1e-12))


async def test_an_explanation_is_of_the_very_step_that_led_to_the_picture() -> None:
    async with watching() as person:
        await person.take(7)
        await person.say(type="inspect", subject=WEIGHT)
        said = await person.until("explanation")
        assert (said["step"], said["next"]) == (7, False)
        await person.say(type="step", count=20)
        said = await person.until("explanation", lambda said: said["step"] == 27)
        frame = await person.at_step(27)
        assert all(adds_up(line) for line in said["lines"])
        new = next(line for line in said["lines"] if line["name"] == "new")
        assert new["total"] == pytest.approx(float(frame["parameters"]["layers.1.weight"][0, 2]), rel=1e-6)

        trainer = Trainer(Spec(), backend="by_hand")
        trainer.advance(26)
        step = TracedStep.of(
            trainer.spec, trainer.network, trainer.checkpoint().state, trainer.train_inputs, trainer.train_targets
        )
        lines = explain(step, Subject("weight", 1, 0, 2))
        assert [line["total"] for line in said["lines"]] == pytest.approx([line.total for line in lines], rel=1e-7)
        assert said["batch"] == step.batch.tolist()


async def test_a_picture_without_a_step_and_an_epoch_tell_of_the_last_step_too() -> None:
    async with watching() as person:
        await person.take(3)
        await person.say(type="inspect", subject=WEIGHT)
        await person.until("explanation", lambda said: (said["step"], said["next"]) == (3, False))
        await person.say(type="focus", layer=0, neuron=1)
        said = await person.until("explanation")
        assert (said["step"], said["next"]) == (3, False)
        await person.say(type="epoch")
        said = await person.until("explanation", lambda said: said["step"] == 25)
        frame = await person.at_step(25)
        new = next(line for line in said["lines"] if line["name"] == "new")
        assert new["total"] == pytest.approx(float(frame["parameters"]["layers.1.weight"][0, 2]), rel=1e-6)


async def test_before_the_first_step_and_after_a_change_it_is_the_step_to_come() -> None:
    async with watching() as person:
        await person.say(type="inspect", subject=WEIGHT)
        said = await person.until("explanation")
        assert (said["step"], said["next"]) == (1, True)
        await person.take(3)
        await person.say(type="edit", tensor="layers.1.weight", index=[0, 2], value=0.25)
        said = await person.until("explanation", lambda said: said["next"])
        assert said["step"] == 4
        new = next(line for line in said["lines"] if line["name"] == "new")
        assert new["terms"][0]["value"] == 0.25


async def test_a_step_that_is_wished_for_is_told_before_it_is_taken_and_after_it_alike() -> None:
    async with watching() as person:
        await person.take(3)
        await person.say(type="inspect", subject=WEIGHT, step=4)
        coming = await person.until("explanation")
        assert (coming["step"], coming["next"]) == (4, True)
        await person.say(type="step", count=1)
        taken = await person.until("explanation", lambda said: not said["next"])
        assert taken["step"] == 4
        assert taken["lines"] == coming["lines"]
        await person.say(type="inspect", subject=WEIGHT, step=4)
        assert (await person.until("explanation"))["lines"] == coming["lines"]


async def test_an_open_step_tells_its_phases_and_the_code_of_each() -> None:
    async with watching() as person:
        await person.take(5)
        await person.say(type="open", sample=2)
        said = await person.until("opened")
        names = [(phase["name"], phase["layer"]) for phase in said["phases"]]
        forward = [("forward", 0), ("forward", 1), ("forward", 2)]
        backward = [("backward", 2), ("backward", 1), ("backward", 0)]
        assert names == [("batch", None), *forward, ("loss", None), *backward, ("update", None)]
        assert said["phases"][1]["form"]["norm"] == "none"
        code = [one for phase, _ in names for one in said["code"][phase]]
        assert any("below @ tensors" in one["lines"] for one in code)
        assert not any('"""' in one["lines"] or one["planted"] for one in code)
        await person.say(type="plant", bug="mean_for_sum")
        await person.say(type="open", sample=2)
        said = await person.until("opened")
        assert [one["planted"] for one in said["code"]["backward"]] == [True, False]


async def test_a_sought_moment_is_shown_and_the_run_goes_on_from_it_as_it_did() -> None:
    async with watching() as person:
        shown = {0: await person.until("frame")}
        for _ in range(6):
            frame = await person.take(10)
            shown[frame["step"]] = frame
        await person.say(type="seek", branch=0, step=20)
        frame = await person.at_step(20)
        assert frame["train_loss"] == shown[20]["train_loss"]
        np.testing.assert_array_equal(frame["boundary"], shown[20]["boundary"])
        await person.say(type="back", steps=5)
        assert len((await person.until("timeline", lambda said: said["step"] == 15))["branches"]) == 1
        await person.at_step(15)
        again = await person.take(45)
        assert again["step"] == 60
        for name, values in again["parameters"].items():
            np.testing.assert_array_equal(values, shown[60]["parameters"][name])
        assert len(person.run.branches.timeline.branches) == 1, "it went the same way"


async def test_a_change_at_a_sought_moment_begins_a_branch_with_a_curve_of_its_own() -> None:
    async with watching() as person:
        for _ in range(4):
            await person.take(10)
        await person.say(type="seek", branch=0, step=20)
        await person.at_step(20)
        await person.say(type="configure", spec={"learning_rate": 0.5})
        said = await person.until("timeline", lambda said: len(said["branches"]) == 2)
        assert (said["current"], said["branches"][1]["begins"]) == (1, 20)
        assert said["branches"][1]["changed"] == ["learning_rate"]
        await person.take(30)
        await person.say(type="seek", branch=0, step=40)
        said = await person.until("timeline", lambda said: said["current"] == 0)
        await person.at_step(40)
        assert said["branches"][1]["curve"]["steps"][-1] == 50
        history = next(seen for seen in reversed(person.seen) if seen["type"] == "history")
        assert history["steps"][-1] == 40, "the curve of the first branch again"
        state = next(seen for seen in reversed(person.seen) if seen["type"] == "state")
        assert state["spec"]["learning_rate"] == Spec().learning_rate

        await person.say(type="peek", branch=1, step=50)
        peeked = await person.until("peeked")
        assert (peeked["branch"], peeked["step"], len(peeked["values"])) == (1, 50, peeked["side"] ** 2)
        alone = Trainer(Spec(), backend="by_hand")
        alone.advance(20)
        alone.configure(alone.spec.changed(learning_rate=0.5))
        alone.advance(30)
        assert peeked["test_loss"] == pytest.approx(alone.evaluate()["test_loss"], rel=1e-8)
        assert person.run.step == 40, "looking leaves the run where it is"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"type": "inspect", "subject": {"kind": "neuron", "layer": 0, "index": 9}}, "subject_no_neuron"),
        ({"type": "open", "sample": 99}, "subject_no_sample"),
        ({"type": "edit", "tensor": "layers.9.weight", "index": [0, 0], "value": 1}, "no_such_tensor"),
        ({"type": "edit", "tensor": "layers.0.weight", "index": [0], "value": 1}, "no_such_entry"),
        ({"type": "edit", "tensor": "layers.0.weight", "index": [0, 2], "value": 1}, "no_such_entry"),
        ({"type": "undo"}, "nothing_to_undo"),
        ({"type": "redo"}, "nothing_to_redo"),
        ({"type": "back"}, "no_such_moment"),
        ({"type": "seek", "branch": 1, "step": 0}, "no_such_branch"),
        ({"type": "seek", "branch": 0, "step": 1}, "no_such_moment"),
        ({"type": "peek", "branch": 0, "step": 5}, "no_such_moment"),
    ],
    ids=str,
)
async def test_what_is_not_there_is_refused_and_changes_nothing(command: dict[str, Any], code: str) -> None:
    async with watching() as person:
        frame = await person.until("frame")
        await person.say(**command)
        assert (await person.until("error"))["code"] == code
        after = await person.take(1)
        trainer = Trainer(Spec(), backend="by_hand")
        trainer.advance(1)
        assert after["train_loss"] == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-6)
        assert after["revision"] == frame["revision"]


async def test_a_boundary_beyond_numbers_is_told_as_nothing() -> None:
    async with watching() as person:
        await person.say(
            type="configure", spec={"hidden": [8] * 8, "activation": "relu", "output_activation": "linear"}
        )
        for layer in range(8):
            for neuron in range(8):
                await person.say(type="edit", tensor=f"layers.{layer}.weight", index=[neuron, 0], value=1e6)
                await person.until("timeline")
        await person.say(type="peek", branch=0, step=0)
        assert None in (await person.until("peeked"))["values"]
