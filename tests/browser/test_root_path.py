"""The playground under a path of a site, as a proxy serves it: all that the page asks for stays below it."""

import re
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.app.running import running_server
from tests.browser.conftest import OpenTab

PATH = "/school/playground"


@pytest.mark.painted
def test_the_page_works_under_a_path(open_tab: OpenTab) -> None:
    with running_server(root_path=PATH) as server:
        opened = open_tab("about:blank", 1366, 768)
        paths: list[str] = []
        opened.listen("request", lambda request: paths.append(urlsplit(request.url).path))
        opened.page.goto(f"http://127.0.0.1:{server.port}{PATH}")
        opened.ready()
        opened.play_to(20)
        opened["presets"].click()
        expect(opened.page.locator("#gallery img, #gallery canvas").first).to_be_visible()
        opened.page.keyboard.press("Escape")
        opened["help"].click()
        opened["chain-rule"].click()
        expect(opened.page).to_have_url(re.compile(f"{PATH}/graph#"))
        expect(opened["checked"]).not_to_be_empty()
        opened["back"].click()
        opened.ready()
        assert {path for path in paths if not path.startswith(f"{PATH}/")} <= {PATH, "/favicon.ico"}
        assert len(paths) > 50


def test_a_proxy_may_take_the_path_off_or_leave_it() -> None:
    with running_server(root_path=PATH) as server:
        for path in ("/healthz", f"{PATH}/healthz", "/", f"{PATH}/", PATH):
            with urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10) as answer:
                assert answer.status == 200
                assert urlsplit(answer.url).path == (f"{PATH}/" if path == PATH else path)
