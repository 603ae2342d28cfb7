"""The word of a class, typed in a real browser under a path of a site."""

from playwright.sync_api import expect

from tests.app.running import running_server
from tests.browser.conftest import OpenTab


def test_the_word_is_asked_once_and_kept(open_tab: OpenTab) -> None:
    with running_server(class_word="seesaw", root_path="/school") as server:
        opened = open_tab("about:blank", 1366, 768)
        address = f"http://127.0.0.1:{server.port}/school/"
        opened.page.goto(address)
        opened.page.get_by_role("textbox").fill("slide")
        opened.page.keyboard.press("Enter")
        expect(opened.page.get_by_role("alert")).to_contain_text("not the word")
        opened.faults.clear()  # the browser tells of 401 and 403
        opened.page.get_by_role("textbox").fill("Seesaw")
        opened.page.keyboard.press("Enter")
        opened.ready()
        opened.play_to(10)
        opened.reload()
        opened.page.close()
