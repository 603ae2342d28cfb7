"""The JavaScript modules, tested in the same Chromium as the page: every `test(…)` of js/**/*.test.js is one test here.

The modules come from the real server, so that what is tested is what is served; the tests and the golden frame are
handed to the browser from this folder.
"""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Route

from tests.app.running import Running

HERE = Path(__file__).resolve().parent / "js"
GOLDEN = HERE.parent.parent / "golden"
TESTS = [
    (path.relative_to(HERE).as_posix(), name)
    for path in sorted(HERE.rglob("*.test.js"))
    for name in re.findall(r"^test\('([^']+)'", path.read_text(encoding="utf-8"), re.MULTILINE)
]


def hand_over(route: Route) -> None:
    wanted = route.request.url.split("/js-tests/")[1]
    path = GOLDEN / wanted.removeprefix("golden/") if wanted.startswith("golden/") else HERE / wanted
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path)[0] or "application/octet-stream"
    route.fulfill(body=path.read_bytes(), content_type=kind)


@pytest.fixture(scope="module")
def modules(browser: Browser, server: Running) -> Iterator[Page]:
    page = browser.new_page()
    page.route("**/js-tests/**", hand_over)
    page.goto(f"http://127.0.0.1:{server.port}/healthz")  # a page of the same origin, with nothing on it
    yield page
    page.close()


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_module(modules: Page, file: str, name: str) -> None:
    fault = ""
    try:
        modules.evaluate(
            "async ([file, name]) => { await import(`/js-tests/${file}`);"
            " await (await import('/js-tests/harness.js')).run(name); }",
            [file, name],
        )
    except Error as error:
        fault = error.message.split("\n    at ")[0]
    assert not fault, fault


def test_every_file_has_tests() -> None:
    assert {file for file, _ in TESTS} == {path.relative_to(HERE).as_posix() for path in HERE.rglob("*.test.js")}
