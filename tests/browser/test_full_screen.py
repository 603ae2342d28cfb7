"""A panel fills the screen and comes back: by its button, by F, by Escape, on the desk and on the projector."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage

pytestmark = pytest.mark.painted

PICTURES = {
    "network": ("[data-testid=network] .tile[data-testid^=neuron]", 1.3),
    "output": ("[data-testid=boundary]", 1.3),
    "loss": (".loss-panel .bglayer rect, .loss-panel .drawing svg", 2),
    "layers": (".gradients-chart .drawing svg", 2),
}
"""What is drawn in each panel, and by how much it grows at least."""


def height(opened: Opened, name: str) -> float:
    found: float = opened.page.locator(PICTURES[name][0]).first.evaluate(
        "element => element.getBoundingClientRect().height"
    )
    return found


def fills(opened: Opened, name: str) -> bool:
    box = opened[f"fullscreen-{name}"].evaluate(
        "button => { const { width, height } = button.closest('.panel').getBoundingClientRect();"
        " return [width / innerWidth, height / innerHeight]; }"
    )
    return bool(min(box) > 0.98)


@pytest.mark.parametrize("profile", ["desk", "projector"])
def test_a_panel_fills_the_screen_and_comes_back(open_page: OpenPage, profile: str) -> None:
    opened = open_page(f"?profile={profile}")
    opened["fullscreen-network"].wait_for(state="attached")
    opened.play_to(5)
    opened["play"].click()
    opened.paused()
    keys = opened.page.keyboard
    for name, (picture, growth) in PICTURES.items():
        if name == "layers" and profile == "projector":
            opened["chart-layers"].click()
        opened.page.locator(picture).first.wait_for()
        opened.painted()  # a chart that has just come takes the size of its panel
        small, place = height(opened, name), opened["network"].bounding_box()
        opened.page.locator(f".panel:has([data-testid=fullscreen-{name}])").hover()
        keys.press("f")
        expect(opened[f"fullscreen-{name}"]).to_have_attribute("aria-pressed", "true")
        opened.until(lambda name=name: fills(opened, name))  # type: ignore[misc]
        opened.until(lambda name=name, least=small * growth: height(opened, name) > least)  # type: ignore[misc]
        expect(opened["play"]).to_be_hidden()
        keys.press({"network": "f", "output": "Escape"}.get(name, "f"))
        expect(opened["play"]).to_be_visible()
        opened.until(lambda name=name, most=small * 1.1: height(opened, name) < most)  # type: ignore[misc]
        opened.until(lambda place=place: opened["network"].bounding_box() == place)  # type: ignore[misc]

    opened["fullscreen-network"].click()
    keys.press("Space")  # the run's, not the button's
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    opened["neuron-0-0"].click()
    expect(opened["inspector"]).to_be_visible()
    keys.press("Escape")
    expect(opened["inspector"]).to_be_hidden()
    assert fills(opened, "network")
    opened["fullscreen-network"].click()
    expect(opened["play"]).to_be_visible()
    opened["speed"].focus()
    keys.press("f")  # a panel that covers what has the focus takes it, and gives it back
    expect(opened["network"]).to_be_focused()
    keys.press("f")
    expect(opened["speed"]).to_be_focused()
