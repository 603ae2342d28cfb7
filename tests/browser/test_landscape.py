"""The loss landscape and the curvature, on the sheet of studies and beside the layers: the numbers of the engine, and a
click that goes there."""

import pytest
from playwright.sync_api import expect

from engine.spec.spec import Spec
from engine.studies.curvature import curvature
from engine.training.trainer import Trainer
from tests.browser.conftest import Opened
from tests.engine.run_preset import spec_of

pytestmark = pytest.mark.painted


def value(opened: Opened, testid: str, name: str = "value") -> float:
    return float(opened[testid].get_attribute(f"data-{name}") or "nan")


def twin_of(opened: Opened) -> Trainer:
    twin = Trainer(Spec.model_validate(opened.spec), backend="by_hand")
    twin.advance(int(opened.number("steps")))
    return twin


def count_values(opened: Opened) -> None:
    """Of the five largest eigenvalues, from now on, each number once in `counts`."""
    opened["curvature-values"].evaluate("""list => {
      window.counts = [];
      new MutationObserver(() => {
        if (!counts.includes(list.children.length)) counts.push(list.children.length);
      }).observe(list, { childList: true });
    }""")


def asked(opened: Opened, begun: int) -> list[int]:
    """The counts of the questions for curvature since."""
    return [command["count"] for command in opened.sent[begun:] if command["type"] == "curvature"]


def test_a_point_of_the_landscape_and_the_curvature(opened: Opened) -> None:
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
    opened["studies"].click()
    opened["study-tab-landscape"].click()
    twin = twin_of(opened)
    before = pytest.approx(twin.evaluate()["train_loss"], rel=1e-5)
    opened.until(lambda: value(opened, "landscape") == before)
    expect(opened["landscape-sentence"]).to_contain_text("%")
    expect(opened["landscape-undo"]).to_be_disabled()

    box = opened["landscape"].bounding_box()
    assert box
    middle = {"x": box["width"] / 2, "y": box["height"] / 2}
    opened["landscape"].hover(position={"x": middle["x"] + 120, "y": middle["y"] - 60})
    expect(opened["landscape-point"]).to_contain_text("loss")
    opened["landscape"].click(position={"x": middle["x"] + 120, "y": middle["y"] - 60})
    opened.until(lambda: abs(value(opened, "landscape") - twin.evaluate()["train_loss"]) > 1e-3)
    opened["landscape-undo"].click()
    opened.until(lambda: value(opened, "landscape") == before)

    expect(opened["landscape"]).to_have_attribute("data-maps", "1")
    opened["landscape-samples"].select_option("batch")
    expect(opened["landscape"]).to_have_attribute("data-maps", "2")
    opened["landscape-directions"].select_option("weights")
    expect(opened["landscape-x-tensor"]).to_be_visible()
    opened["landscape-x-source"].fill("99")
    opened["landscape-x-source"].blur()
    expect(opened["landscape-sentence"]).to_contain_text("layers.0.weight")
    opened["landscape-x-source"].fill("1.5")
    opened["landscape-x-source"].blur()
    expect(opened["study-message"]).not_to_be_empty()
    opened["landscape-x-source"].fill("1")
    opened["landscape-x-source"].blur()
    expect(opened["landscape-sentence"]).not_to_contain_text("layers.0.weight")

    opened["study-tab-curvature"].click()
    opened.until(lambda: value(opened, "curvature") == pytest.approx(curvature(twin)[0], rel=1e-9))
    opened.until(lambda: value(opened, "two-over-rate") == pytest.approx(2 / twin.spec.learning_rate))
    expect(opened["curvature-notes"]).to_contain_text("mini-batch")
    opened["curvature-edge"].click()
    opened.until(lambda: Spec.model_validate(opened.spec) == spec_of("edge_of_stability"))
    opened.until(lambda: value(opened, "two-over-rate") == pytest.approx(20))
    expect(opened["curvature-verdict"]).not_to_be_empty()
    opened["studies-close"].click()
    hold_the_tab_beside_the_layers(opened)


def hold_the_tab_beside_the_layers(opened: Opened) -> None:
    """And the sheet that is opened over it, while the run trains."""
    opened["tab-curvature"].click()
    opened["play"].click()
    opened.paused()
    opened.until(lambda: value(opened, "curvature-chart", "step") == opened.number("steps"))
    assert value(opened, "curvature-chart") == pytest.approx(curvature(twin_of(opened))[0], rel=1e-9)
    assert value(opened, "curvature-chart", "bound") == pytest.approx(20)

    count_values(opened)
    opened["play"].click()
    opened["studies"].click()
    expect(opened["curvature-values"]).to_be_visible()
    begun = len(opened.sent)
    opened.until(lambda: asked(opened, begun).count(5) >= 6)
    assert 1 not in asked(opened, begun), "the tab behind the sheet asks nothing"
    assert opened.page.evaluate("window.counts") == [5]
    opened["studies-close"].click()
    begun = len(opened.sent)
    opened.until(lambda: asked(opened, begun).count(1) >= 1)
    opened["tab-layers"].click()
    expect(opened["curvature-chart"]).to_be_hidden()
