"""The default experiment in a real Chromium at full screen: new pictures, paints, long tasks, what a picture costs.

Measured once the first comparison is there, which loads torch: that takes some seconds of a processor, once in five
minutes for everybody on the server.
"""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.app.running import Running, running_server
from tests.bench.streaming import processor_seconds
from tests.browser.conftest import FLAGS, PATIENCE
from tests.chromium import find

WARM_UP, SECONDS = 3, 8
ASKED = {"750 steps/s": 60, "full speed": 45}
"""New pictures a second, at a position of the page's slider."""
LONG_TASK = 50
"""Milliseconds, as browsers define it; what Chromium's Long Tasks API reports. Chart updates are among them."""

COUNT = """(seconds) => new Promise((done) => {
  const counts = { paints: 0, tasks: [] };
  const watcher = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) counts.tasks.push(Math.round(entry.duration));
  });
  watcher.observe({ type: 'longtask' });
  const until = performance.now() + seconds * 1000;
  const paint = () => {
    counts.paints += 1;
    if (performance.now() < until) requestAnimationFrame(paint);
    else { watcher.disconnect(); done(counts); }
  };
  requestAnimationFrame(paint);
})"""


def run() -> dict[str, Any]:
    """At each speed: pictures and paints per second; long_tasks: milliseconds of each task beyond LONG_TASK; what the
    server and the browser spend on a picture, in milliseconds of a processor."""
    with running_server("compiled") as server, sync_playwright() as playwright:
        server.wait_until_warm()
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        measured = {speed: _measured(browser, server, speed) for speed in ASKED}
        browser.close()
    return measured


def _measured(browser: Browser, server: Running, speed: str) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    drawn = 0

    def count(said: str | bytes) -> None:
        nonlocal drawn
        drawn += isinstance(said, bytes)  # nothing else is said so

    page.on("websocket", lambda socket: socket.on("framesent", count))
    page.goto(f"http://127.0.0.1:{server.port}/")
    slider, words = page.get_by_test_id("speed"), page.locator(".speed-words")
    for position in range(int(slider.get_attribute("max") or 0), -1, -1):
        slider.fill(str(position))
        page.wait_for_timeout(100)  # until the words follow
        if words.inner_text() == speed:
            break
    else:
        raise ValueError(f"no position of the slider says {speed!r}")
    page.get_by_test_id("play").click()
    page.locator("#checked:not([data-state=none])").wait_for(timeout=5 * PATIENCE * 1000)
    page.wait_for_timeout(WARM_UP * 1000)
    before, (of_server, of_browser) = drawn, _spent(server)
    counts = page.evaluate(COUNT, SECONDS)
    pictures, (server_now, browser_now) = drawn - before, _spent(server)
    page.close()
    return {
        "pictures_per_second": pictures / SECONDS,
        "paints_per_second": counts["paints"] / SECONDS,
        "long_tasks": counts["tasks"],
        "server_ms_per_picture": 1000 * (server_now - of_server) / pictures,
        "browser_ms_per_picture": 1000 * (browser_now - of_browser) / pictures,
    }


def _spent(server: Running) -> tuple[float, float]:
    """Seconds of a processor: of the server with its worker processes, and of the browser with the driver of it."""
    of_server = _with_children(server.process.pid)
    of_all = _with_children(os.getpid())
    return _total(of_server), _total(of_all - of_server - {os.getpid()})


def _with_children(process: int) -> set[int]:
    found = {process}
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= _with_children(int(child))
    return found


def _total(processes: set[int]) -> float:
    return sum(processor_seconds(process) or 0.0 for process in processes)


def report(figures: dict[str, Any]) -> None:
    for speed, asked in ASKED.items():
        found = figures[speed]
        tasks = found["long_tasks"]
        print(
            f"{speed}: {found['pictures_per_second']:.1f} new pictures a second (asked: {asked}), "
            f"{found['paints_per_second']:.1f} paints, ms of a processor a picture: "
            f"server {found['server_ms_per_picture']:.1f}, browser {found['browser_ms_per_picture']:.1f}, "
            f"tasks over {LONG_TASK} ms, chart updates among them: {len(tasks)} in {SECONDS} s, ms: {tasks}"
        )
