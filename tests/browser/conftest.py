"""A real server in a process of its own and a real Chromium, for all tests of this folder.

`open_page` opens the page and collects what it says over the wire. When a test ends, the page must have written no
error or warning to the console, failed no request and asked no other host. All pages are tabs of one window, or of a
second one for tests marked painted, and the first of a test is the tab of the test before, which more than halves the
time a page takes to open; what one has stored is gone before the next comes.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    WebSocket,
    WebSocketRoute,
    expect,
    sync_playwright,
)

from app.wire.commands import parse_binary
from tests.app.running import Running, running_server
from tests.chromium import find

FLAGS = (
    *("--no-sandbox", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--process-per-site"),
)
NO_IDLE_TIME = "window.requestIdleCallback = (run, { timeout }) => setTimeout(run, timeout);"
"""As on a busy machine: a late part of the page comes when somebody asks for it, or some seconds after another. What a
page costs falls by a quarter; how the parts come in an idle browser is tested in test_first_second.py."""
TIPS_USED = "try { localStorage.tips ??= 'tip.play tip.neuron tip.slow'; } catch {}"
"""For somebody who is no newcomer; a page without an origin has no storage."""
UNPAINTED = """{
  const { set } = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, 'src');
  Object.defineProperty(HTMLScriptElement.prototype, 'src', {
    set(address) { if (!address.includes('/plotly')) set.call(this, address); },
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('html { opacity: 0; }');
  document.adoptedStyleSheets.push(sheet);
}"""
"""As before Plotly has come, and nothing is painted on the screen: a third of what a page costs, at which most tests
never look. Layout, clicks and canvases are as ever."""
PATIENCE = 240.0
"""Seconds: nothing here depends on how fast the machine is."""

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Opened:
    """A page and what went over its wire."""

    page: Page
    faults: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    """To the page's own run, not to the runs compared with it."""
    sockets: list[WebSocket] = field(default_factory=list)
    listeners: list[tuple[Any, Callable[[Any], None]]] = field(default_factory=list)
    """An event of the page, and who hears it."""
    loading: set[Request] = field(default_factory=set)
    """Files of the page that are on their way."""
    is_handed_on: bool = True
    """Whether the next test may have its tab; not where this one put something into it that stays."""

    def listen(self, event: Any, hear: Callable[[Any], None]) -> None:
        self.page.on(event, hear)
        self.listeners.append((event, hear))

    def route_sockets(self, handler: Callable[[WebSocketRoute], Any]) -> None:
        self.is_handed_on = False
        self.page.route_web_socket(re.compile("/ws"), handler)

    def run_first(self, script: str) -> None:
        """From the next load on, before the page's own scripts."""
        self.is_handed_on = False
        self.page.add_init_script(script)

    def clear(self, empty: str) -> bool:
        """empty: an address of the same origin with nothing on it. Whether the tab is as a new one."""
        if self.page.is_closed() or not self.is_handed_on:
            return False
        for event, hear in self.listeners:
            self.page.remove_listener(event, hear)
        self.page.unroute_all()
        self.page.mouse.move(0, 0)
        self.page.goto(empty)
        self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        return True

    def __getitem__(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def number(self, testid: str) -> float:
        return float(self[testid].get_attribute("data-value") or "nan")

    @property
    def state(self) -> dict[str, Any]:
        """The newest the server told."""
        return next(message for message in reversed(self.told) if message["type"] == "state")

    @property
    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.state["spec"]
        return spec

    def state_points(self) -> dict[str, list[list[float]]]:
        """The points of the run of now; only a state that begins one has them."""
        told = next(message for message in reversed(self.told) if message["type"] == "state" and message.get("points"))
        points: dict[str, list[list[float]]] = told["points"]
        return points

    def until(self, holds: Callable[[], bool], left: Callable[[], object] = lambda: "") -> None:
        """left: what a failure tells of."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"it has not come to hold: {left()}"
            self.page.wait_for_timeout(20)

    def painted(self, frames: int = 3) -> None:
        """The page has had so many further animation frames."""
        self.page.evaluate(
            "frames => new Promise(done => {"
            " const next = () => (frames-- > 0 ? requestAnimationFrame(next) : done()); next(); })",
            frames,
        )

    def loaded(self) -> None:
        """The parts of the page that were asked for are there: what a click or a key opens comes with its own files."""
        self.painted(2)
        while self.loading:
            self.until(lambda: not self.loading)
            self.painted(2)  # in which modules ask for what they import, and the part that has come shows itself

    def resize(self, width: int, height: int) -> None:
        """The page has laid itself out at this size: canvases and charts follow theirs after it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.until(lambda: self.page.evaluate("[innerWidth, innerHeight]") == [width, height])
        self.painted()

    def answered(self) -> None:
        """All that the page sent has been answered, and what came with it is painted: a session answers in order. A tab
        that comes to the front asks for the history."""

        def histories() -> int:
            return sum(message["type"] == "history" for message in self.told)

        before = histories()
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        self.until(lambda: histories() > before)
        self.painted()

    def paused(self) -> None:
        """The run stands, and the picture of its last step is painted."""
        self.until(lambda: self.state["playing"] is False and self.number("steps") == self.state["step"])
        self.answered()

    def ready(self) -> None:
        """Connected, and the first picture is there."""
        expect(self["train-loss"]).to_have_attribute("data-value", re.compile(r"\d"))
        expect(self["dataset-circle"]).to_be_attached()

    def reload(self) -> None:
        self.told.clear()
        self.page.reload()
        self.ready()

    def open_controls(self) -> None:
        """Where the projector keeps them behind a button."""
        opener = self["wall-controls"]
        if opener.is_visible() and opener.get_attribute("aria-expanded") == "false":
            opener.click()
            expect(opener).to_have_attribute("aria-expanded", "true")

    def play_to(self, step: int) -> None:
        self["play"].click()
        self.until(lambda: self.number("steps") > step)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Of the package, not the session: while Playwright runs, no other event loop may run in this thread."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find() or None, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def server() -> Iterator[Running]:
    patient = {f"limits__{name}_seconds": str(PATIENCE) for name in ("process", "export", "file")}
    with running_server("by_hand", limits__kept_seconds="0", **patient) as running:  # each test leaves a seat
        yield running


@pytest.fixture(scope="package")
def unpainted_window(browser: Browser, server: Running) -> Iterator[BrowserContext]:
    with new_window(browser, server, UNPAINTED) as context:
        yield context


@pytest.fixture(scope="package")
def painted_window(browser: Browser, server: Running) -> Iterator[BrowserContext]:
    with new_window(browser, server) as context:
        yield context


@contextmanager
def new_window(browser: Browser, server: Running, *scripts: str) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(PATIENCE * 1000)
    for script in (NO_IDLE_TIME, TIPS_USED, *scripts):
        context.add_init_script(script)
    context.new_page().goto(empty_page(server))
    yield context
    context.close()


@pytest.fixture
def window(request: pytest.FixtureRequest) -> BrowserContext:
    kind = "painted_window" if request.node.get_closest_marker("painted") else "unpainted_window"
    context: BrowserContext = request.getfixturevalue(kind)
    return context


def empty_page(server: Running) -> str:
    return f"http://127.0.0.1:{server.port}/healthz"


OpenTab = Callable[[str, int, int], Opened]
OpenPage = Callable[..., Opened]


@pytest.fixture
def open_tab(window: BrowserContext, server: Running) -> Iterator[OpenTab]:
    """open_tab(address, width, height)"""
    everything: list[Opened] = []
    kept = window.pages[0]

    def start(address: str, width: int, height: int) -> Opened:
        opened = Opened(window.new_page() if everything else kept)
        everything.append(opened)
        opened.page.set_viewport_size({"width": width, "height": height})
        listen(opened)
        opened.page.goto(address)
        return opened

    yield start
    for tab in window.pages:
        if tab is not kept:
            tab.close()
    if everything and not everything[0].clear(empty_page(server)):
        window.new_page().goto(empty_page(server))
        kept.close()
    for opened in everything:
        assert opened.faults == []


@pytest.fixture
def open_page(open_tab: OpenTab, server: Running) -> OpenPage:
    """open_page(after="", width=1366, height=768, port=…): after is what follows the address."""

    def start(after: str = "", width: int = 1366, height: int = 768, port: int | None = None) -> Opened:
        opened = open_tab(f"http://127.0.0.1:{port or server.port}/{after}", width, height)
        opened.ready()
        return opened

    return start


@pytest.fixture
def clocked(browser: Browser, server: Running) -> Iterator[Opened]:
    """A page whose clock the test moves, in a window of its own: Playwright sets the clock of all tabs of a window."""
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(PATIENCE * 1000)
    opened = Opened(context.new_page())
    listen(opened)
    opened.page.clock.install()
    opened.page.goto(f"http://127.0.0.1:{server.port}/")
    opened.ready()
    yield opened
    context.close()
    assert opened.faults == []


def listen(opened: Opened) -> None:
    faults = opened.faults

    def ask(address: str) -> None:
        if urlsplit(address).hostname not in (None, "127.0.0.1"):
            faults.append(f"asked another host: {address}")

    def request(request: Request) -> None:
        ask(request.url)
        if request.is_navigation_request():
            opened.sockets.clear()  # their end may be told later than the next one's beginning
            opened.loading.clear()
        elif "/static/" in request.url:
            opened.loading.add(request)

    def finish(request: Request) -> None:
        opened.loading.discard(request)

    def fail(request: Request) -> None:
        finish(request)
        if request.failure != "net::ERR_ABORTED":  # by a reload
            faults.append(f"failed: {request.url} {request.failure}")

    def hear(data: str | bytes) -> None:
        if isinstance(data, str):
            opened.told.append(json.loads(data))

    def connect(socket: WebSocket) -> None:
        ask(socket.url)
        own = all(earlier.is_closed() for earlier in opened.sockets)
        opened.sockets.append(socket)
        socket.on("framesent", lambda data: opened.sent.append(command_of(data)))
        if own:
            socket.on("framereceived", hear)

    opened.listen("websocket", connect)
    opened.listen("request", request)
    opened.listen("requestfinished", finish)
    opened.listen("requestfailed", fail)
    opened.listen("pageerror", lambda error: faults.append(f"error: {error}"))
    opened.listen(
        "console",
        lambda line: faults.append(f"{line.type}: {line.text}") if line.type in ("error", "warning") else None,
    )


def command_of(data: str | bytes) -> dict[str, Any]:
    if isinstance(data, bytes):
        return parse_binary(data).model_dump()
    command: dict[str, Any] = json.loads(data)
    return command


@pytest.fixture
def opened(open_page: OpenPage) -> Opened:
    return open_page()
