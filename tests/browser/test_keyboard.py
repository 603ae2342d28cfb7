"""The page by keyboard alone: how many presses a job takes from a fresh page, and where the focus goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

COUNT = """() => {
  window.presses = 0;
  addEventListener('keydown', () => { window.presses += 1; }, { capture: true });
}"""
FOCUSED = """() => {
  const { activeElement: element } = document;
  return element === document.body ? 'body' : element.dataset.testid ?? element.className;
}"""

TO_NETWORK = ("Tab", "Enter")
TO_DRAWING = (*TO_NETWORK, *["Tab"] * 7)

Reached = Callable[[Opened], bool]
JOBS: dict[str, tuple[int, tuple[str, ...], Reached]] = {
    "add a neuron": (12, (*TO_DRAWING, "ArrowUp", "Enter"), lambda page: page.spec["hidden"][0]["width"] == 5),
    "open a neuron": (10, (*TO_DRAWING, "Enter"), lambda page: page["inspector"].is_visible()),
    "edit a weight": (
        16,
        (*TO_DRAWING, "ArrowLeft", "ArrowUp", "Enter", *"0.5", "Enter"),
        lambda page: any(sent["type"] == "edit" for sent in page.sent),
    ),
    "all of slow motion": (
        16,
        (*TO_NETWORK, "Tab", "Tab", "Enter", *["ArrowRight"] * 8),
        lambda page: page["phase"].get_attribute("data-value") == "update",
    ),
    "a preset": (6, ("g", "ArrowDown", "Enter"), lambda page: page["gallery"].is_hidden()),
    "a drawn point": (
        14,
        (*["F6"] * 3, *["Tab"] * 6, "Enter", "Enter", "Enter"),
        lambda page: page["draw-hint"].get_attribute("data-value") == "1",
    ),
    "optimizer": (8, ("F6", "F6", "Tab", "ArrowDown"), lambda page: page.spec["optimizer"] != "sgd"),
}
"""How many presses it takes at most, which they are, and whether the job is done."""


def listening(opened: Opened) -> None:
    """The part of the page that answers these keys is there."""
    opened.page.wait_for_function("document.getElementById('skip').onclick !== null")


def press(opened: Opened, *keys: str) -> None:
    for key in keys:
        opened.page.keyboard.press(key)
        opened.loaded()
        if key == "Enter":
            opened.answered()


def focused(opened: Opened) -> str:
    return str(opened.page.evaluate(FOCUSED))


@pytest.mark.parametrize("job", sampled([*JOBS], ["edit a weight", "a drawn point"]))
def test_presses_of_a_job_from_a_fresh_page(open_page: OpenPage, job: str) -> None:
    most, keys, is_done = JOBS[job]
    opened = open_page()
    listening(opened)
    opened.page.evaluate(COUNT)
    press(opened, *keys)
    opened.until(lambda: is_done(opened))
    assert opened.page.evaluate("window.presses") <= most


def test_f6_leads_from_panel_to_panel_and_back_to_where_one_was(opened: Opened) -> None:
    listening(opened)
    visited = []
    for _ in range(7):
        press(opened, "F6")
        visited.append(opened.page.evaluate("document.activeElement.closest('.panel').id || 'chart'"))
    assert visited == ["transport", "knobs", "data", "network", "output", "chart", "chart"]
    press(opened, "Shift+F6", "Shift+F6", "Shift+F6")
    assert focused(opened) == "links-weight"
    press(opened, "ArrowRight", "ArrowRight", "F6", "Shift+F6")
    assert focused(opened) == "links-update"
    press(opened, "Shift+F6", "Tab", "ArrowRight", "ArrowDown", "End")
    assert focused(opened) == "dataset-own_values"
    press(opened, "Tab")
    assert focused(opened) == "noise", "the data sets are one Tab stop"
    press(opened, "Shift+Tab")
    assert focused(opened) == "dataset-own_values"
    assert opened.number("steps") == 0, "no arrow took a step"


def test_arrow_keys_lead_through_the_drawing(opened: Opened) -> None:
    expect(opened["follow-point"]).to_be_visible()
    opened["neuron-0-0"].focus()
    for key, reached in (
        ("ArrowUp", "layer-0-add"),
        ("ArrowRight", "layer-0-menu"),
        ("ArrowRight", "layer-1-remove"),
        ("ArrowDown", "neuron-1-0"),
        ("ArrowDown", "neuron-1-1"),
        ("ArrowDown", "gradient-layer-1"),
        ("ArrowLeft", "gradient-layer-0"),
        ("ArrowUp", "neuron-0-3"),
        ("ArrowRight", "neuron-1-1"),
        ("ArrowRight", "neuron-2-0"),
        ("ArrowLeft", "bias-2-0"),
        ("ArrowUp", "weight-2-0-1"),
        ("ArrowLeft", "neuron-1-1"),
        ("Tab", "follow-point"),
        ("Shift+Tab", "neuron-1-1"),
    ):
        press(opened, key)
        assert focused(opened) == reached, key
    assert opened.number("steps") == 0, "no arrow took a step"


KEPT: list[tuple[str, tuple[str, ...], str]] = [
    ("layer-1-remove", ("Enter",), "layer-1-add"),
    ("neuron-0-0", ("Enter", "Tab", "Enter"), "neuron-0-0"),
    ("neuron-0-0", ("Enter", "Escape"), "neuron-0-0"),
    ("draw-points", ("Enter", "Enter", "Enter", "Escape"), "draw-points"),
    ("slow-motion", ("Enter", "Escape"), "slow-motion"),
]
"""Where the focus is, what is pressed there, and where it is after what had it is gone or disabled."""


def test_the_focus_is_never_lost_to_the_page(opened: Opened) -> None:
    listening(opened)
    for leave in ("Enter", "Escape"):
        opened["race"].focus()
        press(opened, "Enter")
        opened["race-close"].focus()
        press(opened, leave)
        expect(opened["race"]).to_be_focused()
        expect(opened["rivals"]).to_be_hidden()
    for start, keys, kept in KEPT:
        opened[start].focus()
        press(opened, *keys)
        expect(opened[kept]).to_be_focused()
        opened.answered()
    press(opened, "g", "ArrowDown", "Enter")
    expect(opened["caption"]).to_be_visible()
    opened["caption"].get_by_label("Close").focus()
    press(opened, "Enter")
    expect(opened["caption"]).to_be_hidden()
    opened.until(lambda: focused(opened) != "body")
    opened["layer-0-menu"].focus()
    press(opened, "Enter")
    opened["layer-0-delete"].focus()
    press(opened, "Enter")
    expect(opened["layer-1-panel"]).to_have_count(0)
    expect(opened["layer-0-menu"]).to_be_focused()
    opened["remove-layer"].focus()
    press(opened, "Enter")
    expect(opened["add-layer"]).to_be_focused()
