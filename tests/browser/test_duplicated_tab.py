"""A tab that the browser duplicates, with all that it remembers: it gets a run of its own."""

from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, expect
from websockets.sync.client import connect

from tests.app.running import Running, running_server
from tests.browser.conftest import Opened, OpenPage, listen

LIVING_TABS = """async () => {
  const seen = () => performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/living_tabs.js'));
  while (!seen()) await new Promise(requestAnimationFrame);
  await import(seen().name);
}"""
"""The part that answers other tabs is there."""


def duplicate(opened: Opened) -> Opened:
    """As a browser does it: a window that a page opens begins with a copy of its session storage."""
    with opened.page.context.expect_page() as opening:
        opened.page.evaluate("void open(location.href)")
    other = Opened(opening.value)
    listen(other)
    return other


def session_of(opened: Opened) -> str:
    return str(opened.page.evaluate("sessionStorage.getItem('session')"))


def test_a_duplicate_has_a_run_of_its_own_begun_as_a_copy(open_page: OpenPage) -> None:
    opened = open_page()
    opened["dataset-spiral"].click()
    opened.play_to(60)
    opened["play"].click()
    opened.paused()
    reached = opened.number("steps")
    other = duplicate(opened)
    other.ready()
    expect(other["message"]).to_contain_text("This tab now has a run of its own")
    other.until(lambda: other.number("steps") == reached)
    assert session_of(other) != session_of(opened)
    expect(other["dataset-spiral"]).to_have_attribute("aria-pressed", "true")
    other["reset"].click()
    expect(other["steps"]).to_have_attribute("data-value", "0")
    opened.answered()
    assert opened.number("steps") == reached
    assert opened.state["step"] == reached


def test_a_duplicate_keeps_its_own_run_when_it_is_reloaded(open_page: OpenPage) -> None:
    opened = open_page()
    other = duplicate(opened)
    other.ready()
    own = session_of(other)
    assert own != session_of(opened)
    other.reload()
    assert session_of(other) == own
    again = duplicate(other)
    again.ready()
    assert session_of(again) not in (own, session_of(opened))


def test_the_duplicate_of_a_tab_whose_run_rests_does_not_share_it(browser: Browser, tmp_path: Path) -> None:
    """Nor that of one which the browser has frozen."""
    with running_server(store="", data=str(tmp_path), limits__sessions="2", limits__kept_seconds="0") as server:
        opened = Opened(browser.new_context().new_page())
        opened.page.goto(f"http://127.0.0.1:{server.port}/")
        opened.ready()
        opened["step"].click()
        expect(opened["steps"]).to_have_attribute("data-value", "1")
        session = session_of(opened)
        opened.page.evaluate(LIVING_TABS)
        address = f"ws://127.0.0.1:{server.port}/ws"
        with connect(address), connect(address):
            expect(opened["message"]).to_contain_text("your experiment is stored")
        opened.page.evaluate("document.dispatchEvent(new Event('freeze'))")
        with opened.page.expect_popup() as opening:
            opened.page.evaluate("void open(location.href)")
        other = Opened(opening.value)
        expect(other["message"]).to_contain_text("This tab now has a run of its own")
        expect(other["steps"]).to_have_attribute("data-value", "1")
        assert session_of(other) != session
        opened.page.context.close()


def test_a_tab_that_comes_back_after_a_crash_goes_on_with_its_run(open_page: OpenPage) -> None:
    opened = open_page()
    session = session_of(opened)
    opened.run_first("sessionStorage.removeItem('left')")  # the page has left no mark
    opened.reload()
    assert (opened.state["session"], opened.state["copied"]) == (session, False)


def test_a_tab_that_was_discarded_goes_on_with_its_run(open_page: OpenPage, server: Running) -> None:
    opened = open_page()
    session = session_of(opened)
    opened.run_first(
        "sessionStorage.removeItem('left'); Object.defineProperty(document, 'wasDiscarded', { value: true })"
    )
    with connect(f"ws://127.0.0.1:{server.port}/ws?session={quote(session)}"):  # answers nothing, as a lost one
        opened.reload()
        assert (opened.state["session"], opened.state["copied"]) == (session, False)


def test_a_reload_while_the_old_socket_lingers_goes_on_with_the_run(open_page: OpenPage, server: Running) -> None:
    opened = open_page()
    session = session_of(opened)
    with connect(f"ws://127.0.0.1:{server.port}/ws?session={quote(session)}"):  # answers nothing, as a lost one
        opened.reload()
        assert opened.state["session"] == session
        assert opened.state["copied"] is False


def test_going_to_the_chain_rule_and_back_keeps_the_run_and_a_duplicate_there_does_not_share_it(
    open_page: OpenPage,
) -> None:
    opened = open_page()
    session = session_of(opened)
    home = opened.page.url
    opened.page.goto(f"{home}graph")
    expect(opened.page.locator("#graph")).to_be_visible()
    other = duplicate(opened)
    expect(other.page.locator("#graph")).to_be_visible()
    opened.page.goto(home)
    opened.ready()
    assert session_of(opened) == session
    other.page.goto(home)
    other.ready()
    assert session_of(other) != session
