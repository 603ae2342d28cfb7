"""A start of the page over a thin line, cold and warm: requests, bytes, and the time until the first number stands.

The line is Chromium's own emulation. It delays and slows what comes over HTTP, and lets WebSockets pass as they are, so
that the numbers themselves come sooner than they would.
"""

from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.app.running import running_server
from tests.browser.conftest import FLAGS
from tests.browser.network_log import follow, to_the_end
from tests.chromium import find

LATENCY = 80
"""Milliseconds from a request to its answer."""
BYTES_PER_SECOND = 3_000_000 / 8
STARTS = 5
"""Of each kind; medians are reported."""
PLOTLY = "plotly.min.js"
MOST_BYTES, MOST_REQUESTS = 300_000, 12
"""Before Plotly, cold; over the network, warm."""
MOST_MILLISECONDS = {"cold": 2500, "warm": 1200}

FIRST_NUMBER = """
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-testid=train-loss]')?.dataset.value) return;
    observer.disconnect();
    window.firstNumber = performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-value'] });
"""


def run() -> dict[str, Any]:
    """For cold and warm: requests over the network, bytes of those before Plotly, milliseconds to the first number."""
    starts: dict[str, list[dict[str, float]]] = {"cold": [], "warm": []}
    with running_server("compiled") as server, sync_playwright() as playwright:
        server.wait_until_warm()
        address = f"http://127.0.0.1:{server.port}/"
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        started(browser.new_context(), address)  # what the server makes when it is first asked for
        for _ in range(STARTS):
            for kind, figures in in_turn(browser, address).items():
                starts[kind].append(figures)
        browser.close()
    return {
        kind: {name: median(one[name] for one in figures) for name in figures[0]} for kind, figures in starts.items()
    }


def in_turn(browser: Browser, address: str) -> dict[str, dict[str, float]]:
    """One person's first start and the second one."""
    context = browser.new_context(locale="en-US", viewport={"width": 1366, "height": 768})
    figures = {kind: started(context, address) for kind in ("cold", "warm")}
    context.close()
    return figures


def started(context: BrowserContext, address: str) -> dict[str, float]:
    page = context.new_page()
    log = follow(page)
    line = {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": -1}
    log.session.send("Network.emulateNetworkConditions", line)
    page.add_init_script(FIRST_NUMBER)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.firstNumber")
    at = page.evaluate("window.firstNumber")
    to_the_end(page, log)
    figures = {
        "milliseconds": round(at),
        "requests": len(log.over_the_network),
        "bytes_before_plotly": sum(one.bytes for one in log.before(PLOTLY)),
        "bytes": sum(one.bytes for one in log.asked),
    }
    page.close()
    return figures


def report(figures: dict[str, Any]) -> None:
    for kind, of in figures.items():
        print(
            f"{kind}: first number after {of['milliseconds'] / 1000:.2f} s (≤ {MOST_MILLISECONDS[kind] / 1000}), "
            f"{of['requests']:.0f} requests over the network, {of['bytes_before_plotly'] / 1000:.0f} kB before Plotly, "
            f"{of['bytes'] / 1000:.0f} kB in all"
        )
    print(f"bounds: {MOST_BYTES / 1000:.0f} kB before Plotly cold, {MOST_REQUESTS} requests warm")
