"""The default experiment in a real Chromium at full screen: new pictures, paints, and tasks that hold the page up."""

from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.app.running import running_server
from tests.browser.conftest import FLAGS
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
    """At each speed: pictures and paints per second; long_tasks: milliseconds of each task beyond LONG_TASK."""
    with running_server("compiled") as server, sync_playwright() as playwright:
        server.wait_until_warm()
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        measured = {speed: _measured(browser, f"http://127.0.0.1:{server.port}/", speed) for speed in ASKED}
        browser.close()
    return measured


def _measured(browser: Browser, address: str, speed: str) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    drawn = 0

    def count(said: str | bytes) -> None:
        nonlocal drawn
        drawn += isinstance(said, bytes)  # nothing else is said so

    page.on("websocket", lambda socket: socket.on("framesent", count))
    page.goto(address)
    slider, words = page.get_by_test_id("speed"), page.locator(".speed-words")
    for position in range(int(slider.get_attribute("max") or 0), -1, -1):
        slider.fill(str(position))
        page.wait_for_timeout(100)  # until the words follow
        if words.inner_text() == speed:
            break
    else:
        raise ValueError(f"no position of the slider says {speed!r}")
    page.get_by_test_id("play").click()
    page.wait_for_timeout(WARM_UP * 1000)
    before = drawn
    counts = page.evaluate(COUNT, SECONDS)
    pictures = drawn - before
    page.close()
    return {
        "pictures_per_second": pictures / SECONDS,
        "paints_per_second": counts["paints"] / SECONDS,
        "long_tasks": counts["tasks"],
    }


def report(figures: dict[str, Any]) -> None:
    for speed, asked in ASKED.items():
        found = figures[speed]
        tasks = found["long_tasks"]
        print(
            f"{speed}: {found['pictures_per_second']:.1f} new pictures a second (asked: {asked}), "
            f"{found['paints_per_second']:.1f} paints, "
            f"tasks over {LONG_TASK} ms, chart updates among them: {len(tasks)} in {SECONDS} s, ms: {tasks}"
        )
