"""Tips: one at a time beside what it speaks of, until it is done or closed; never again, and never in the way."""

from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.test_accessibility import faults

REST = 4000
"""Milliseconds between two tips."""

IS_OVER_NOTHING = """() => {
  const { left, top, width, height } = document.querySelector('#tip p').getBoundingClientRect();
  return !document.elementFromPoint(left + width / 2, top + height / 2).closest('#tip');
}"""

# So that the norms below the neurons can be read.
IS_ABOVE_THE_NEURON = """() => {
  const neuron = [...document.querySelectorAll('#network .tile[data-place^="0 "]')].at(-1);
  return document.querySelector('#tip').getBoundingClientRect().bottom <= neuron.getBoundingClientRect().top;
}"""


def test_each_tip_stands_at_its_place_and_is_gone_once_it_is_used(clocked: Opened) -> None:
    tip = clocked["tip"]
    expect(tip).to_contain_text("Press Play")
    play, box = clocked["play"].bounding_box(), tip.bounding_box()
    assert play is not None
    assert box is not None
    assert box["y"] >= play["y"] + play["height"]
    assert box["x"] < play["x"] + play["width"] / 2 < box["x"] + box["width"]
    assert clocked.page.evaluate(IS_OVER_NOTHING), "what lies under it can be clicked"
    assert faults(clocked) == []

    clocked["presets"].click()
    expect(tip).to_be_hidden()
    clocked.page.keyboard.press("Escape")
    expect(tip).to_contain_text("Press Play")
    clocked["play"].click()
    expect(tip).to_be_hidden()
    clocked["play"].click()
    clocked.page.clock.fast_forward(REST)
    expect(tip).to_contain_text("Click a neuron")
    clocked.until(lambda: clocked.page.evaluate(IS_ABOVE_THE_NEURON))
    clocked["language"].click()
    expect(tip).to_contain_text("点击一个神经元")
    clocked.page.keyboard.press("p")
    expect(tip).to_be_hidden()
    clocked.page.keyboard.press("p")
    expect(tip).to_be_visible()
    clocked["fullscreen-network"].click()
    expect(tip).to_be_visible()
    clocked.page.keyboard.press("Escape")  # a tip keeps it from nothing
    expect(clocked["fullscreen-network"]).to_have_attribute("aria-pressed", "false")

    clocked.page.locator('#network .tile[data-place="0 0"]').click()
    expect(tip).to_be_hidden()
    clocked["inspector-close"].click()
    clocked.page.clock.fast_forward(REST)
    expect(tip).to_contain_text("慢动作")
    clocked["tip-close"].click()
    expect(tip).to_be_hidden()
    with clocked.page.expect_request(lambda request: "/tips/tips" in request.url):
        clocked.reload()
    clocked.loaded()
    clocked.page.clock.fast_forward(REST)
    clocked.painted()
    expect(tip).to_be_hidden()
