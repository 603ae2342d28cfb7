"""The gallery: every preset is listed, and its picture is what training it really gave."""

from typing import Any

import pytest

from engine.spec.presets import PRESETS
from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.app.running import Running
from tests.app.web.test_http import get, get_json


def picture(server: Running, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = get_json(server, f"/api/presets/{name}/picture")
    return answer


def test_every_preset_is_listed_with_a_whole_spec(server: Running) -> None:
    listed = get_json(server, "/api/presets")
    assert [preset["name"] for preset in listed] == [preset.name for preset in PRESETS]
    for told, preset in zip(listed, PRESETS, strict=True):
        assert told["spec"] is None or Spec.model_validate(told["spec"]) == preset.spec
        assert told["page"] == preset.page
    assert listed[0]["sizes"] == [2, 4, 2, 1]


def test_a_picture_of_the_plane_is_what_the_engine_says(server: Running) -> None:
    preset = next(preset for preset in PRESETS if preset.name == "clouds")
    assert preset.spec is not None
    told = picture(server, "clouds")
    trainer = Trainer(preset.spec, backend="by_hand")
    trainer.advance(preset.steps)
    side, low, high = told["side"], told["low"], told["high"]
    assert (told["kind"], told["step"], len(told["values"])) == ("map", preset.steps, side * side)
    assert told["train_loss"] == pytest.approx(trainer.evaluate()["train_loss"])
    cell = (high - low) / side
    for row, column in ((0, 0), (0, side - 1), (side // 2, side // 3), (side - 1, side - 1)):
        place = (low + (column + 0.5) * cell, high - (row + 0.5) * cell)
        assert told["values"][row * side + column] / 127 == pytest.approx(trainer.predict([place])[0, 0], abs=0.005)


@pytest.mark.parametrize(
    ("name", "kind"), [("b4_descent", "map"), ("d1_or", "map"), ("a3_feed_forward", "curve"), ("d6_widening", "tiles")]
)
def test_every_kind_of_picture(server: Running, name: str, kind: str) -> None:
    told = picture(server, name)
    assert told["kind"] == kind
    if kind == "curve":
        assert told["losses"][-1] < told["losses"][0] / 100
    if kind == "tiles":
        assert len(told["tiles"]) == 9
        assert all(len(tile) == told["side"] ** 2 and max(map(abs, tile)) == 127 for tile in told["tiles"])


def test_classes_have_winners(server: Running) -> None:
    told = picture(server, "d6_batch_norm")
    assert told["kind"] == "classes"
    assert set(told["winners"]) == set(range(told["classes"])) == {0, 1, 2, 3}
    assert {label for _, _, label in told["points"]} == {0, 1, 2, 3}


def test_pictures_that_cannot_be_made_say_so(server: Running) -> None:
    assert picture(server, "d5_mnist") == {"kind": "missing"}
    for name in ("a5_scalar", "nothing", "../circle"):
        status, body, _ = get(server, f"/api/presets/{name}/picture")
        assert status == 404
        assert b"not_found" in body
