"""axe-core over the states of the page: no fault of WCAG 2.1 A and AA, nor of its best practice."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.app.running import Running
from tests.browser.conftest import Opened, OpenPage, OpenTab
from tests.table import sampled

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
    "selectors": False,  # a fault shows its element's HTML
}

STATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "start": ((), ()),
    "neuron": (("neuron-0-0",), ()),
    "layer": (("gradient-layer-0",), ()),
    "loss": (("train-loss",), ("Escape",)),
    "slow motion": (("slow-motion", "phase-next"), ()),
    "code": (("phase-code",), ("phase-off",)),
    "numbers": (("numbers",), ("numbers",)),
    "compare": (("race",), ("race-close",)),
    "branches": (("step", "branch", "beside"), ("beside",)),
    "all numbers": (("all-scores",), ("Escape",)),
    "checks": (("checked",), ("Escape",)),
    "help": (("controls", "help"), ("Escape",)),
    "menu of a layer": (("controls", "layer-0-menu"), ("Escape",)),
    "settings": (("controls", "more"), ("Escape",)),
    "save": (("controls", "save"), ("Escape",)),
    "glossary": (("controls", "help", "glossary"), ("Escape",)),
    "studies": (("controls", "studies"), ("Escape",)),
    "drawing": (("controls", "draw-points"), ("draw-points",)),
    "gallery": (("controls", "presets"), ()),
    "list": (("list",), ("Escape",)),
    "caption and results": (("controls", "presets", "preset-d2_xor"), ()),
    "breakage": (("controls", "presets", "break-vanishing"), ()),
    "digits": (("controls", "presets", "preset-d5_digits"), ()),
    "message": (("controls", "share"), ()),
}
"""What is clicked, or pressed, to come into a state from the one before, and to leave it. A new panel joins them."""

VIEWS = ["", "?lang=zh&theme=dark&profile=projector", "?theme=dark", "?lang=zh&profile=projector"]


def go(opened: Opened, steps: tuple[str, ...]) -> None:
    for step in steps:
        if step == "controls":
            opened.open_controls()
        elif step[0].isupper():
            opened.page.keyboard.press(step)
        else:
            opened[step].click()


def faults(opened: Opened) -> list[str]:
    if not opened.page.evaluate("'axe' in window"):
        opened.page.evaluate(AXE_SCRIPT)
    found = opened.page.evaluate("async rules => (await axe.run(document, rules)).violations", RULES)
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("view", sampled(VIEWS, VIEWS[:2]))
def test_no_state_of_the_page_has_a_fault(open_page: OpenPage, view: str) -> None:
    opened = open_page(view)
    found = {}
    for name, (enter, leave) in STATES.items():
        go(opened, enter)
        opened.loaded()
        found[name] = faults(opened)
        go(opened, leave)
    assert {name: of_state for name, of_state in found.items() if of_state} == {}


@pytest.mark.parametrize("view", sampled(VIEWS, VIEWS[1:2]))
def test_no_state_of_the_graph_has_a_fault(open_tab: OpenTab, server: Running, view: str) -> None:
    opened = open_tab(f"http://127.0.0.1:{server.port}/graph{view}", 1366, 768)
    expect(opened["checked"]).not_to_be_empty()
    assert faults(opened) == []
    opened["expression"].fill("a+*b*")
    expect(opened.page.locator(".stale")).to_be_attached()
    assert faults(opened) == []
