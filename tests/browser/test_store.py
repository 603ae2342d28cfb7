"""A page whose run the server has kept: it goes on after a restart, and rests where others want the seat."""

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.running import Running, running_server
from tests.browser.conftest import PATIENCE


def opened(browser: Browser, server: Running, language: str) -> Page:
    page = browser.new_context(locale=language).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.wait_for_function("document.querySelector('[data-testid=steps]')?.dataset.value === '0'")
    return page


def steps(page: Page) -> int:
    return int(float(page.get_by_test_id("steps").get_attribute("data-value") or "nan"))


def take(page: Page, count: int) -> None:
    before = steps(page)
    for _ in range(count):
        page.get_by_test_id("step").click()
    page.wait_for_function(f"Number(document.querySelector('[data-testid=steps]').dataset.value) === {before + count}")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en-US", "The server was started again, or another one took over; your run goes on from step 3."),
        ("zh-CN", "服务器已重新启动，或由另一台服务器接手；您的训练从第 3 步继续。"),
    ],
)
def test_after_a_restart_the_page_goes_on_and_says_so(
    browser: Browser, tmp_path: Path, language: str, said: str
) -> None:
    with running_server(store="", data=str(tmp_path)) as server:
        page = opened(browser, server, language)
        take(page, 3)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(PATIENCE)
    with running_server(store="", data=str(tmp_path), port=str(server.port)):
        expect(page.get_by_test_id("message")).to_contain_text(said)
        assert steps(page) == 3
        take(page, 1)
        page.context.close()


def test_a_run_that_rests_comes_back_when_its_person_does(browser: Browser, tmp_path: Path) -> None:
    with running_server(store="", data=str(tmp_path), limits__sessions="1", limits__kept_seconds="0") as server:
        first = opened(browser, server, "en-US")
        take(first, 3)
        second = opened(browser, server, "en-US")
        expect(first.get_by_test_id("message")).to_contain_text("your experiment is stored")
        take(second, 2)
        first.get_by_test_id("boundary").click()
        expect(first.get_by_test_id("status")).to_have_text("Paused")
        take(first, 1)
        expect(first.get_by_test_id("message")).to_be_hidden()
        expect(second.get_by_test_id("message")).to_contain_text("your experiment is stored")
        for page in (first, second):
            page.context.close()
