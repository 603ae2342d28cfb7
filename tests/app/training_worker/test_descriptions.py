"""What the page is told of an experiment and its data."""

import numpy as np
import pytest

from tests.app.fake_viewer import watching


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


async def test_labels_are_plus_or_minus_one_whatever_the_loss() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"loss": "bce"})
        state = await person.until("state", lambda state: state["spec"]["loss"] == "bce")
        assert {t for _, _, t in state["points"]["train"]} == {-1, 1}
