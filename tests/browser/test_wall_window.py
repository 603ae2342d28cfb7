"""A window on the wall follows the desk's run and what is shown there; it takes no seat and is no copy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.app.running import Running
from tests.browser.conftest import Opened, OpenPage

pytestmark = pytest.mark.painted

ENTER_A_LIST = """
  const dialog = document.getElementById('list-dialog');
  for (const address of ['dataset=xor&seed=5', 'dataset=gauss&seed=6']) {
    dialog.querySelector('[data-testid=list-address]').value = address;
    dialog.querySelector('form').requestSubmit();
  }
"""


def open_on_the_wall(opened: Opened) -> Page:
    opened["fullscreen-network"].wait_for(state="attached")  # the parts that come late are coming
    with opened.page.expect_popup() as found:
        opened["wall-window"].click()
    wall = found.value
    expect(wall.get_by_test_id("train-loss")).to_have_attribute("data-value", re.compile(r"\d"))
    expect(wall.get_by_test_id("numbers")).to_be_visible()
    return wall


def step_through_a_list(opened: Opened, wall: Page) -> None:
    """By the keys of a clicker, on the wall; the desk's list follows."""
    opened.page.evaluate(ENTER_A_LIST)
    wall.get_by_test_id("list-next").wait_for(state="attached")
    for key, place in (("PageDown", 0), ("PageDown", 1), ("PageUp", 0)):
        wall.keyboard.press(key)
        current = "[aria-current]"
        expect(wall.locator(f"#list-dialog li:nth-child({place + 1}) {current}")).to_have_count(1)
        expect(opened.page.locator(f"#list-dialog li:nth-child({place + 1}) {current}")).to_have_count(1)
    opened.until(lambda: opened.spec["seed"] == 5)


def go_through_phases(opened: Opened, wall: Page) -> None:
    """Slow motion of the desk is seen on the wall, and goes on from there, too."""
    on_wall = wall.get_by_test_id
    opened["slow-motion"].click()
    for _ in range(3):
        opened["phase-next"].click()
    for phase in (opened["phase"], on_wall("phase")):
        expect(phase).to_have_attribute("data-value", "forward-2")
    on_wall("phase-next").click()
    for phase in (on_wall("phase"), opened["phase"]):
        expect(phase).to_have_attribute("data-value", "loss")
    opened["phase-off"].click()
    expect(on_wall("phase")).to_be_hidden()


def test_the_wall_follows_the_desk(open_page: OpenPage, server: Running) -> None:
    opened = open_page("#dataset=xor&seed=5")
    opened.until(lambda: opened.spec["dataset"] == "xor")
    wall = open_on_the_wall(opened)
    on_wall = wall.get_by_test_id
    expect(wall.locator("html")).to_have_class(re.compile("projector"))
    session = opened.state["session"]
    assert wall.evaluate("sessionStorage.session") == session
    assert "session" not in wall.url

    opened.play_to(30)
    opened["play"].click()
    opened.paused()
    expect(on_wall("steps")).to_have_attribute("data-value", str(int(opened.number("steps"))))
    opened["theme"].click()
    expect(wall.locator("html")).to_have_class(re.compile("dark"))
    opened["neuron-0-1"].click()
    expect(opened["inspector"]).to_have_attribute("data-id", "neuron-0-1")
    expect(on_wall("inspector")).to_be_visible()
    expect(on_wall("inspector").locator("h2")).to_have_text(opened["inspector"].locator("h2").inner_text())
    on_wall("inspector-close").click()  # what is looked at on the wall, the desk looks at, too
    expect(opened["inspector"]).to_be_hidden()
    opened.page.keyboard.press("b")
    expect(on_wall("blank-screen")).to_be_visible()
    wall.keyboard.press("Space")  # and nothing else: it would play
    for window in (opened.page, wall):
        expect(window.get_by_test_id("blank-screen")).to_be_hidden()
    assert not opened.state["playing"]

    go_through_phases(opened, wall)
    opened["timeline"].evaluate("slider => { slider.value = 4; slider.dispatchEvent(new Event('input')); }")
    expect(on_wall("steps")).to_have_attribute("data-value", "4")
    opened["branch"].click()
    expect(wall.locator(".branches button")).to_have_count(2)
    opened["race"].click()
    expect(on_wall("rivals")).to_be_visible()
    for window in (opened.page, wall):
        expect(window.locator(".comparison-rows tbody tr")).to_have_count(8)
    opened["race-close"].click()
    expect(on_wall("rivals")).to_be_hidden()

    step_through_a_list(opened, wall)
    opened.reload()
    assert opened.state["session"] == session, "the wall has taken the run, or the desk counts as its copy"
    opened["numbers"].click()
    expect(on_wall("numbers")).to_have_attribute("aria-pressed", "true")
    wall.reload()
    expect(on_wall("numbers")).to_have_attribute("aria-pressed", "true")
    assert wall.evaluate("sessionStorage.session") == session
    opened.page.goto(f"http://127.0.0.1:{server.port}/healthz")
    expect(on_wall("message")).to_contain_text("desk was closed")
    on_wall("step").click()  # it goes on with the run
    expect(on_wall("steps")).to_have_attribute("data-value", "1")
