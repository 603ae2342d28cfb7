"""The playground under a path of a site, as a proxy serves it: all that the page asks for stays below it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.app.proxy import nginx
from tests.app.running import Running, running_server
from tests.app.store.databases import postgres
from tests.browser.conftest import NO_IDLE_TIME, PATIENCE, TIPS_USED, Opened, listen
from tests.table import sampled

PATH, PATH_OF_EXAMPLE = "/school/playground", "/playground"
KEEP = """key => fetch(`api/kept?session=${key}`, { method: 'POST', body: '{"name":"mine"}' })
  .then(answer => answer.status)"""


@contextmanager
def alone(folder: Path) -> Iterator[tuple[Running, str]]:
    with running_server(root_path=PATH, store="", data=str(folder)) as server:
        yield server, f"http://127.0.0.1:{server.port}{PATH}"


@contextmanager
def behind_nginx(folder: Path) -> Iterator[tuple[Running, str]]:
    """As app/README.md has it: TLS by a proxy, runs in Postgres."""
    settings = {"root_path": PATH_OF_EXAMPLE, "trusted_proxies": '["127.0.0.0/8"]'}
    with (
        postgres() as database,
        running_server(store=database.address, **settings) as server,
        nginx(folder, server.port) as port,
    ):
        yield server, f"https://127.0.0.1:{port}{PATH_OF_EXAMPLE}"


Served = Callable[[Path], AbstractContextManager[tuple[Running, str]]]


@pytest.mark.parametrize("served", sampled([alone, behind_nginx], [alone]), ids=lambda served: str(served.__name__))
def test_the_page_works_under_a_path(served: Served, browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as (server, address), browser.new_context(locale="en-US", ignore_https_errors=True) as window:
        window.set_default_timeout(PATIENCE * 1000)
        for script in (NO_IDLE_TIME, TIPS_USED):
            window.add_init_script(script)
        path = urlsplit(address).path
        opened = Opened(window.new_page())
        listen(opened)
        paths: list[str] = []
        opened.listen("request", lambda request: paths.append(urlsplit(request.url).path))
        opened.page.goto(address)
        opened.ready()
        opened.play_to(20)
        assert opened.page.evaluate(KEEP, opened.state["session"]) == 200
        assert {(cookie["name"], cookie["secure"]) for cookie in window.cookies()} == {
            ("playground-kept", address.startswith("https:"))
        }
        assert server.health()["store"]["state"] == "ok"
        expect(opened.page.locator("#charts .main-svg").first).to_be_visible()
        assert [asked for asked in paths if asked.startswith(f"{path}/") and "/plotly" in asked]
        opened["presets"].click()
        expect(opened.page.locator("#gallery img, #gallery canvas").first).to_be_visible()
        opened.page.keyboard.press("Escape")
        opened["help"].click()
        opened["chain-rule"].click()
        expect(opened.page).to_have_url(re.compile(f"{path}/graph#"))
        expect(opened["checked"]).not_to_be_empty()
        opened["back"].click()
        opened.ready()
        assert {asked for asked in paths if not asked.startswith(f"{path}/")} <= {path, "/favicon.ico"}
        assert len(paths) > 50
        assert opened.faults == []


def test_a_proxy_may_take_the_path_off_or_leave_it() -> None:
    with running_server(root_path=PATH) as server:
        for path in ("/healthz", f"{PATH}/healthz", "/", f"{PATH}/", PATH):
            with urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10) as answer:
                assert answer.status == 200
                assert urlsplit(answer.url).path == (f"{PATH}/" if path == PATH else path)
