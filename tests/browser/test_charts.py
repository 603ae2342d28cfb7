"""The curves of loss and gradients: that they follow the run, have two scales and fill their panels."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage

pytestmark = pytest.mark.painted


def test_the_charts_come_and_follow(opened: Opened) -> None:
    expect(opened["loss-chart"].locator(".xtick").first).to_be_visible()
    opened.play_to(100)
    expect(opened["gradient-chart"].locator(".scatterlayer .trace")).to_have_count(3)
    expect(opened["loss-chart"].locator(".scatterlayer .trace")).to_have_count(2)
    expect(opened["gradient-chart"].locator(".annotation")).to_have_count(3)
    expect(opened["loss-chart"].locator(".ytick").first).to_have_text(re.compile(r"\d"))


def test_the_loss_has_two_scales(opened: Opened) -> None:
    scale = opened["loss-scale"]
    expect(scale.locator("[aria-pressed=true]")).to_have_text("log")
    axis = "div => div._fullLayout?.yaxis.type"
    opened.until(lambda: opened["loss-chart"].evaluate(axis) == "log")
    scale.get_by_text("linear").click()
    opened.until(lambda: opened["loss-chart"].evaluate(axis) == "linear")


def test_the_charts_fill_their_panels(open_page: OpenPage) -> None:
    opened = open_page(width=1024)
    expect(opened["loss-chart"].locator(".main-svg").first).to_be_visible()
    opened.page.set_viewport_size({"width": 1366, "height": 768})
    opened.until(
        lambda: bool(
            opened["loss-chart"].evaluate(
                "div => Math.abs(div.querySelector('.main-svg').getBoundingClientRect().width - div.clientWidth) < 2"
            )
        )
    )
