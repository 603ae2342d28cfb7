"""One language of labels: what the loss compares, and nothing of what does not exist."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.test_gallery import choose
from tests.browser.test_network_panel import configure
from tests.browser.test_own_points import at

pytestmark = pytest.mark.painted


def test_two_classes_are_called_by_the_targets_of_the_loss(opened: Opened) -> None:
    scale = opened["scale-ends"].locator("span")
    expect(scale).to_have_text(["−1", "0", "+1"])
    opened["all-scores"].click()
    expect(opened["confusion-train"]).to_contain_text("+1")
    opened.page.keyboard.press("Escape")
    configure(opened, loss="bce")
    opened["all-scores"].click()
    expect(opened["confusion-train"]).not_to_contain_text("+1")
    opened.page.keyboard.press("Escape")
    expect(scale).to_have_text(["0", "0.5", "+1"])
    choose(opened, "d2_xor")
    opened.page.mouse.move(*at(opened, 0, 0))
    expect(opened["boundary-reading"]).not_to_contain_text("−1")


def test_where_there_is_no_test_set_nothing_is_said_of_one(opened: Opened) -> None:
    expect(opened["test-loss"]).to_be_visible()
    choose(opened, "d2_xor")
    for testid in ("test-loss", "test-accuracy", "f1", "test-points"):
        expect(opened[testid]).to_be_hidden()
    expect(opened["train-accuracy"]).to_be_visible()
    opened.play_to(20)
    opened.until(lambda: opened["loss-chart"].evaluate("({ data }) => data?.at(-2)?.x.length === 0"))
    opened["all-scores"].click()
    expect(opened["train-accuracy"].first).to_be_visible()
    expect(opened["confusion-test"]).to_be_hidden()
    opened.page.keyboard.press("Escape")
    choose(opened, "circle")
    for testid in ("test-loss", "test-accuracy", "f1"):
        expect(opened[testid].first).to_be_visible()


def test_with_a_caption_the_chosen_data_set_and_the_colour_scale_are_seen_whole(opened: Opened) -> None:
    choose(opened, "b4_descent")  # whose inspector hides the data
    choose(opened, "d2_xor")
    expect(opened["caption"]).to_be_visible()
    for testid in ("dataset-xor_gate", "scale-ends"):
        expect(opened[testid]).to_be_in_viewport(ratio=1)
