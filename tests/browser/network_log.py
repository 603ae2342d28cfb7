"""What a page asks the network for, in order, and what it gets from it, as Chromium's own protocol tells."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page

JS = Path(__file__).parents[2] / "static" / "js"
ELSEWHERE = {"panels/presenting/wall_window.js", "panels/top/touch_titles.js"}
"""On the wall, and where there are fingers."""

LATE = set(re.findall(r"import\('\.\./(.+?)'\)", (JS / "pages" / "playground.js").read_text())) - ELSEWHERE
"""Modules, below js/, that a page at a desk loads when it has nothing else to do."""


@dataclass
class Asked:
    """One request; its number counts over the whole log."""

    number: int
    path: str
    bytes: int = 0
    """Over the network, with headers; 0 where the browser's cache answers."""
    cached: bool = False
    """Answered without asking the server."""
    ended: bool = False


@dataclass
class NetworkLog:
    session: CDPSession
    requests: dict[str, Asked] = field(default_factory=dict)

    @property
    def asked(self) -> list[Asked]:
        return list(self.requests.values())

    @property
    def over_the_network(self) -> list[Asked]:
        return [one for one in self.asked if not one.cached]

    def first(self, ending: str) -> Asked | None:
        return next((one for one in self.asked if one.path.endswith(ending)), None)

    def before(self, ending: str) -> list[Asked]:
        """What was asked for before the first request whose path ends so; everything where there is none."""
        last = self.first(ending)
        return [one for one in self.asked if last is None or one.number < last.number]


def follow(page: Page) -> NetworkLog:
    """From now on; a WebSocket is one request of no bytes."""
    session = page.context.new_cdp_session(page)
    log = NetworkLog(session)
    requests = log.requests

    def ask(event: dict[str, Any], url: str) -> None:
        requests[event["requestId"]] = Asked(len(requests), urlsplit(url).path)

    def answer(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            keep(event)

    def keep(event: dict[str, Any]) -> None:
        if request := requests.get(event["requestId"]):
            request.cached = True

    def finish(event: dict[str, Any]) -> None:
        if request := requests.get(event["requestId"]):
            request.bytes = 0 if request.cached else int(event["encodedDataLength"])
            request.ended = True

    session.on("Network.requestWillBeSent", lambda event: ask(event, event["request"]["url"]))
    session.on("Network.webSocketCreated", lambda event: ask(event, event["url"]))
    session.on("Network.responseReceived", answer)
    session.on("Network.requestServedFromCache", keep)
    session.on("Network.loadingFinished", finish)
    session.send("Network.enable")
    return log


def to_the_end(page: Page, log: NetworkLog) -> None:
    """Until the page has loaded all its parts, with what they import."""
    page.wait_for_function("window.Plotly")
    while len(late := [one.path for one in log.asked if one.path.split("/js/")[-1] in LATE]) < len(LATE):
        page.wait_for_timeout(20)
    page.evaluate("paths => Promise.all(paths.map((path) => import(path)))", late)
    while not all(one.ended for one in log.asked if one.path != "/ws"):
        page.wait_for_timeout(20)
