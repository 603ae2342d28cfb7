"""axe-core over the states of the page: no fault of WCAG 2.1 A and AA, nor of its best practice. And no target is too
small for a finger, as targets.py has it."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.app.running import Running
from tests.browser.conftest import Opened, OpenPage, OpenTab
from tests.browser.page_states import STATES, enter, leave
from tests.browser.targets import small_targets
from tests.table import sampled

pytestmark = pytest.mark.painted

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
    "selectors": False,  # a fault shows its element's HTML
}

VIEWS = ["", "?lang=zh&theme=dark&profile=projector", "?theme=dark", "?lang=zh&profile=projector"]


def faults(opened: Opened) -> list[str]:
    if not opened.page.evaluate("'axe' in window"):
        opened.page.evaluate(AXE_SCRIPT)
    found = opened.page.evaluate("async rules => (await axe.run(document, rules)).violations", RULES)
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("view", sampled(VIEWS, VIEWS[:2]))
def test_no_state_of_the_page_has_a_fault(open_page: OpenPage, view: str) -> None:
    opened = open_page(view)
    found = {}
    for name, state in STATES.items():
        enter(opened, state)
        found[name] = [*faults(opened), *small_targets(opened)]
        leave(opened, state)
    assert {name: of_state for name, of_state in found.items() if of_state} == {}


@pytest.mark.parametrize("view", sampled(VIEWS, VIEWS[1:2]))
def test_no_state_of_the_graph_has_a_fault(open_tab: OpenTab, server: Running, view: str) -> None:
    opened = open_tab(f"http://127.0.0.1:{server.port}/graph{view}", 1366, 768)
    expect(opened["checked"]).not_to_be_empty()
    assert [*faults(opened), *small_targets(opened)] == []
    opened.page.keyboard.press("?")
    expect(opened["help-dialog"]).to_be_visible()
    expect(opened["letter-keys"]).to_be_checked()
    assert faults(opened) == []
    opened.page.keyboard.press("Escape")
    expect(opened["help-dialog"]).to_be_hidden()
    opened["expression"].fill("a+*b*")
    expect(opened.page.locator(".stale")).to_be_attached()
    assert faults(opened) == []
