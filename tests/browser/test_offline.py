"""A reload while the server is away shows the page, which says so and goes on when the server is back."""

import re

from playwright.sync_api import Browser, expect

from tests.app.running import running_server
from tests.browser.conftest import Opened, listen

KEPT = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = await Promise.all(opened.map((cache) => cache.keys()));
  return requests.flat().map(({ url }) => url);
}"""


def test_the_page_opens_while_the_server_is_away_and_goes_on(browser: Browser) -> None:
    root_path = "/school"
    context = browser.new_context(locale="en-US")
    opened = Opened(context.new_page())
    page = opened.page

    def kept() -> list[str]:
        addresses: list[str] = page.evaluate(KEPT)
        return addresses

    with running_server(root_path=root_path) as server:
        port = server.port
        address = f"http://127.0.0.1:{port}{root_path}/"
        page.goto(address)
        opened.ready()
        opened.until(lambda: any("plotly.min.js" in one for one in kept()) and address in kept())
        opened.until(lambda: any("panels/network/network.js" in one for one in kept()))
        assert all(one.startswith(address) for one in kept())
        assert not any("/api/" in one for one in kept())
    page.reload()
    expect(opened["play"]).to_be_visible()
    expect(opened["play"]).to_contain_text("Play")
    expect(opened["message"]).to_contain_text("server")
    with running_server(root_path=root_path, port=str(port)):
        expect(opened["train-loss"]).to_have_attribute("data-value", re.compile(r"\d"))
        expect(opened["neuron-0-0"]).to_be_visible()
        with page.expect_response(address) as answered:
            page.reload()
        listen(opened)
        assert answered.value.status == 200
        opened.ready()
    context.close()
