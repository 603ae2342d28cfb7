"""The default experiment in a real Chromium at full screen: new pictures, paints, and tasks that hold the page up."""

from typing import Any

from playwright.sync_api import sync_playwright

from tests.app.running import running_server
from tests.browser.conftest import FLAGS
from tests.chromium import find

WARM_UP, SECONDS = 3, 8
LEAST_PICTURES, LEAST_PAINTS = 45, 45
"""A second."""
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
    """pictures and paints per second; long_tasks: milliseconds of each task beyond LONG_TASK."""
    with running_server("compiled") as server, sync_playwright() as playwright:
        server.wait_until_warm()
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        drawn = 0

        def count(said: str | bytes) -> None:
            nonlocal drawn
            drawn += isinstance(said, bytes)  # nothing else is said so

        page.on("websocket", lambda socket: socket.on("framesent", count))
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.get_by_test_id("play").click()
        page.wait_for_timeout(WARM_UP * 1000)
        before = drawn
        counts = page.evaluate(COUNT, SECONDS)
        pictures = drawn - before
        browser.close()
    return {
        "pictures_per_second": pictures / SECONDS,
        "paints_per_second": counts["paints"] / SECONDS,
        "long_tasks": counts["tasks"],
    }


def report(figures: dict[str, Any]) -> None:
    print(f"new pictures a second  {figures['pictures_per_second']:5.1f} (≥ {LEAST_PICTURES})")
    print(f"paints a second        {figures['paints_per_second']:5.1f} (≥ {LEAST_PAINTS})")
    tasks = figures["long_tasks"]
    print(f"tasks over {LONG_TASK} ms, chart updates among them: {len(tasks)} in {SECONDS} s, ms: {tasks}")
