"""A real server in a process of its own and a real Chromium, for all tests of this folder.

`open_page` opens the page and collects what it says over the wire. When a test ends, the page must have written no
error or warning to the console, failed no request and asked no other host.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, WebSocket, expect, sync_playwright

from tests.app.running import Running, running_server
from tests.chromium import find

FLAGS = (
    *("--no-sandbox", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
PATIENCE = 20.0
"""Seconds: nothing here depends on how fast the machine is."""

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Opened:
    """A page and what went over its wire."""

    page: Page
    faults: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[WebSocket] = field(default_factory=list)

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

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, "it has not come to hold"
            self.page.wait_for_timeout(20)

    def ready(self) -> None:
        """Connected, and the first picture is there."""
        expect(self["train-loss"]).to_have_attribute("data-value", re.compile(r"\d"))
        expect(self["dataset-circle"]).to_be_attached()

    def reload(self) -> None:
        self.told.clear()
        self.page.reload()
        self.ready()

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
    with running_server("by_hand") as running:
        yield running


OpenPage = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Browser, server: Running) -> Iterator[OpenPage]:
    """open_page(after="", width=1366, height=768, port=…): after is what follows the address."""
    everything: list[Opened] = []

    def start(after: str = "", width: int = 1366, height: int = 768, port: int | None = None) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
        opened = Opened(context.new_page())
        everything.append(opened)
        listen(opened)
        opened.page.goto(f"http://127.0.0.1:{port or server.port}/{after}")
        opened.ready()
        return opened

    yield start
    for opened in everything:
        opened.page.context.close()
    for opened in everything:
        assert opened.faults == []


def listen(opened: Opened) -> None:
    page, faults = opened.page, opened.faults

    def ask(address: str) -> None:
        if urlsplit(address).hostname not in (None, "127.0.0.1"):
            faults.append(f"asked another host: {address}")

    def fail(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by a reload
            faults.append(f"failed: {request.url} {request.failure}")

    def connect(socket: WebSocket) -> None:
        ask(socket.url)
        opened.sockets.append(socket)
        socket.on("framesent", lambda text: opened.sent.append(json.loads(text)))
        socket.on("framereceived", lambda data: opened.told.append(json.loads(data)) if isinstance(data, str) else None)

    page.on("websocket", connect)
    page.on("request", lambda request: ask(request.url))
    page.on("requestfailed", fail)
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on(
        "console",
        lambda line: faults.append(f"{line.type}: {line.text}") if line.type in ("error", "warning") else None,
    )


@pytest.fixture
def opened(open_page: OpenPage) -> Opened:
    return open_page()
