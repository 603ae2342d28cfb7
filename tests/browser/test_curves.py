"""The loss curve of the page: every step of the first few hundred, and a loss of 0 where it belongs."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.test_gallery import choose

pytestmark = pytest.mark.painted

LINES = "chart => (chart.data ?? []).map(({ x, y }) => ({ x: [...x], y: [...y] }))"


def curve(opened: Opened) -> dict[str, list[float]]:
    """Of the training loss, as it is drawn: x steps, y losses."""
    lines: list[dict[str, list[float]]] = opened["loss-chart"].evaluate(LINES)
    return lines[-1] if lines else {"x": [], "y": []}


@pytest.mark.parametrize("name", ["a3_feed_forward", "b1_five_plus_three"])
def test_every_first_step_is_drawn_at_any_speed(opened: Opened, name: str) -> None:
    choose(opened, name)
    opened["speed"].fill(str(opened["speed"].evaluate("slider => slider.max")))
    opened.play_to(99)
    opened["play"].evaluate(
        "button => button.ariaPressed === 'true' && button.click()"
    )  # it may have stopped by itself
    opened.paused()
    step = int(opened.number("steps"))
    opened.until(lambda: curve(opened)["x"][-1:] == [step])
    drawn = curve(opened)["x"]
    assert drawn[:100] == list(range(min(100, step + 1)))
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")


def test_a_loss_of_0_is_drawn_at_0_and_the_curve_goes_on_to_its_end(opened: Opened) -> None:
    choose(opened, "d1_and")
    opened["play"].click()
    opened.until(lambda: bool(opened.state["stopped"]))
    opened.paused()
    step = int(opened.number("steps"))
    opened.until(lambda: curve(opened)["x"][-1:] == [step])
    assert opened.number("train-loss") == 0
    line = curve(opened)
    axis = opened["loss-chart"].evaluate("({ layout: { yaxis } }) => [yaxis.tickvals[0], yaxis.ticktext[0]]")
    assert None not in line["y"]
    assert axis == [line["y"][-1], "0"]
    assert line["y"][-1] < min(loss for loss in line["y"] if loss != line["y"][-1])
