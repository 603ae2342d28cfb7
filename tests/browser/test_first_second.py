"""A start of the page: how much it asks for before its first numbers, in which order, and that no click is lost.

Counts and bytes, no times: those are measured by tests/bench/first_second.py.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, WebSocketRoute, expect

from tests.app.running import Running
from tests.browser.conftest import PATIENCE, Opened, OpenPage
from tests.browser.network_log import Asked, follow, to_the_end
from tests.table import sampled

PLOTLY = "plotly.min.js"
MOST_MODULES = 60
MOST_BYTES = 300_000
"""Before Plotly, with headers, in either language."""
MOST_REQUESTS = 12
"""Over the network, of a start with all that the browser has kept."""

WHEN = """
  window.at = {};
  new MutationObserver(() => {
    if (document.querySelector('[data-testid=train-loss]')?.dataset.value) window.at.number ??= performance.now();
    if (document.querySelector('script[src*="plotly"]')) window.at.plotly ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-value'] });
"""


@pytest.fixture
def fresh(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has kept nothing."""
    context = browser.new_context(locale="en-US", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE * 1000)
    yield context
    context.close()


def modules(asked: list[Asked]) -> set[str]:
    """Paths below the versioned folder."""
    paths = {one.path.split("/", 3)[3] for one in asked if one.path.endswith(".js") and one.path.startswith("/static/")}
    return paths - {"js/pages/first-paint.js"}


def test_all_modules_of_the_first_numbers_and_no_others_are_asked_for_at_once(
    fresh: BrowserContext, server: Running
) -> None:
    page = fresh.new_page()
    sockets: list[tuple[WebSocketRoute, list[str | bytes]]] = []

    def keep(route: WebSocketRoute) -> None:
        route.connect_to_server().on_message(lambda message: sockets[-1][1].append(message))
        sockets.append((route, []))

    page.route_web_socket(re.compile("/ws"), keep)
    log = follow(page)
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.wait_for_load_state("networkidle")
    preloaded = {
        address.split("/", 3)[3]
        for address in page.locator("link[rel=modulepreload]").evaluate_all(
            "links => links.map(link => new URL(link.href).pathname)"
        )
    }
    assert modules(log.asked) == preloaded
    assert len(preloaded) <= MOST_MODULES
    assert log.first(PLOTLY) is None
    while not sockets or not any(isinstance(message, bytes) for message in sockets[0][1]):
        page.wait_for_timeout(20)
    [(socket, messages)] = sockets
    for message in messages:
        socket.send(message)
    expect(page.get_by_test_id("train-loss")).to_have_attribute("data-value", re.compile(r"\d"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_first_start_is_small_and_plotly_comes_after_the_first_picture(
    fresh: BrowserContext, server: Running, language: str
) -> None:
    page = fresh.new_page()
    page.add_init_script(WHEN)
    log = follow(page)
    page.goto(f"http://127.0.0.1:{server.port}/?lang={language}")
    to_the_end(page, log)
    assert sum(one.bytes for one in log.before(PLOTLY)) <= MOST_BYTES
    at = page.evaluate("window.at")
    assert at["number"] < at["plotly"]
    words = [one.path for one in log.asked if "/i18n/" in one.path]
    assert [path for path in words if path.endswith(f"/i18n/{language}.json")] == words[:1], (
        "those of the first picture"
    )
    assert {path.rsplit("/", 1)[1] for path in words} == {f"{language}.json"}, "of no other language"
    assert len([one for one in log.before(PLOTLY) if "/i18n/" in one.path]) == 1


def test_a_second_start_asks_for_little(fresh: BrowserContext, server: Running) -> None:
    address = f"http://127.0.0.1:{server.port}/"
    for _ in range(2):
        page = fresh.new_page()
        log = follow(page)
        page.goto(address)
        to_the_end(page, log)
        page.close()
    assert len(log.asked) > 60
    assert len(log.over_the_network) <= MOST_REQUESTS, [one.path for one in log.over_the_network]


@pytest.mark.parametrize(
    ("after", "width", "height"),
    sampled([("", 1366, 768), ("", 390, 844), ("?profile=projector", 1366, 768)], [("", 1366, 768)]),
)
def test_nothing_moves_when_the_other_parts_come(
    fresh: BrowserContext, server: Running, after: str, width: int, height: int
) -> None:
    places = """() => [...document.querySelectorAll('.panel, .panel > *, .plane canvas')].flatMap((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const kept = element.matches('.transport *, .output *, .output, .network, .plane canvas');
      return kept && width ? [[element.id || element.className || element.tagName, x, y, width, height]] : [];
    })"""
    page = fresh.new_page()
    page.set_viewport_size({"width": width, "height": height})
    kept: list[Route] = []
    page.route("**/panels/network/network.js", lambda route: kept.append(route))
    log = follow(page)
    page.goto(f"http://127.0.0.1:{server.port}/{after}")
    while not kept:  # it is asked for once the first picture is painted
        page.wait_for_timeout(20)
    before = page.evaluate(places)
    kept[0].continue_()
    to_the_end(page, log)
    assert len(before) > 5
    after_all = page.evaluate(places)
    assert [place for place in before if place not in after_all] == []


def press_question_mark(opened: Opened) -> None:
    opened.page.keyboard.press("?")


def click(testid: str) -> Callable[[Opened], None]:
    return lambda opened: opened[testid].click()


ASKED: list[tuple[Callable[[Opened], None], str, str]] = [
    (click("presets"), "gallery/gallery", "gallery"),
    (click("more"), "settings/settings", "settings"),
    (click("formula-of-loss"), "settings/settings", "setting-loss"),
    (click("all-scores"), "output/scores", "scores"),
    (click("checked"), "checks/step_check", "checks"),
    (click("help"), "top/help", "help-dialog"),
    (press_question_mark, "top/help", "help-dialog"),
    (click("train-loss"), "inspector/inspector", "inspector"),
    (click("race"), "comparison/comparison", "rivals"),
    (click("draw-points"), "data/data", "draw-empty"),
    (click("draw-points"), "data/point_editor", "draw-empty"),
]
"""What a person does, the module that answers it, what then shows."""


@pytest.mark.parametrize(("asks", "modules_of", "shown"), sampled(ASKED, ASKED[::5]))
def test_what_is_asked_for_before_its_modules_are_there_comes_with_them(
    open_page: OpenPage, asks: Callable[[Opened], None], modules_of: str, shown: str
) -> None:
    opened = open_page()
    address = opened.page.url
    opened.page.goto("about:blank")  # what this page was still loading is not meant
    kept: list[Route] = []
    opened.page.route(f"**/panels/{modules_of}.js", lambda route: kept.append(route))
    opened.page.goto(address, wait_until="commit")
    expect(opened["train-loss"]).to_have_attribute("data-value", re.compile(r"\d"))
    asks(opened)
    opened.until(lambda: bool(kept))
    assert not opened[shown].is_visible()
    kept[0].continue_()
    expect(opened[shown]).to_be_visible()


def test_says_so_where_a_part_cannot_be_loaded(open_page: OpenPage) -> None:
    opened = open_page()
    opened.page.route("**/panels/gallery/gallery.js", lambda route: route.abort())
    opened.reload()
    opened["presets"].click()
    expect(opened["message"]).to_contain_text("Load the page again")
    expect(opened["gallery"]).to_be_hidden()
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
    opened.faults.clear()  # that it failed is the browser's own word
