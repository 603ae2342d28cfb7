"""A teacher's list: setups in order, a clean start each, kept on the device and shared as a file."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage


def open_list(opened: Opened) -> None:
    opened["presets"].click()
    opened["list"].click()
    expect(opened["gallery"]).to_be_hidden()
    expect(opened["list-dialog"]).to_be_visible()


def rows(opened: Opened) -> list[str]:
    return opened["list-entries"].locator(".entry").all_inner_texts()


def test_a_list_is_made_stepped_through_kept_and_shared(open_page: OpenPage, tmp_path: Path) -> None:
    opened = open_page("#dataset=xor&hidden=5")
    opened.until(lambda: opened.spec["dataset"] == "xor")
    expect(opened["list-next"]).to_be_disabled()
    open_list(opened)
    opened["list-preset"].select_option("clouds")
    opened["list-name"].fill("By hand")
    opened["list-add"].click()
    opened["list-name"].fill("Spirals")
    opened["list-address"].fill("https://school.example/#dataset=spiral&hidden=8,8&steps_per_second=30")
    opened["list-add"].click()
    opened.until(lambda: rows(opened)[1:] == ["By hand", "Spirals"])
    opened["list-entries"].get_by_label("Move up: Spirals").click()
    opened.until(lambda: rows(opened)[1:] == ["Spirals", "By hand"])
    with opened.page.expect_download() as saved:
        opened["list-download"].click()
    file = tmp_path / "list.json"
    saved.value.save_as(file)
    opened.page.keyboard.press("Escape")
    expect(opened["list-dialog"]).to_be_hidden()

    opened.play_to(10)
    keys = opened.page.keyboard
    for key, dataset in (("PageDown", "gauss"), ("PageDown", "spiral"), ("PageDown", "xor"), ("PageUp", "spiral")):
        keys.press(key)
        opened.until(lambda dataset=dataset: opened.spec["dataset"] == dataset)  # type: ignore[misc]
        opened.until(lambda: opened.number("steps") == 0)
        expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    expect(opened["message"]).to_contain_text("2 of 3: Spirals")
    opened.until(lambda: opened.state["speed"] == 30)
    opened.reload()
    keys.press("l")
    expect(opened["list-entries"].locator("[aria-current]")).to_have_text("Spirals")
    for name in ("By hand", "Spirals"):
        opened["list-entries"].get_by_label(f"Take out: {name}").click()
    opened.until(lambda: len(rows(opened)) == 1)
    expect(opened["list-entries"].locator("[aria-current]")).to_have_count(1)  # the one before those that were begun
    opened["list-address"].fill("#dataset=own&own_points=" + "1:2:0," * 40_000)
    opened["list-add"].click()
    expect(opened["list-fault"]).to_contain_text("at most 200,000 characters")
    assert len(rows(opened)) == 1, "a list that could not be read again"
    load_files(opened, tmp_path, file)


def load_files(opened: Opened, tmp_path: Path, file: Path) -> None:
    """Those that are no lists, the list of before, and one of what is not there."""
    faulty = tmp_path / "points.json"
    for text, sentence in (
        ("[[1, 2]]", "is not a list"),
        (json.dumps({"playground_list": 1, "entries": [{"name": "?"}]}), "Entry 1 of points.json"),
    ):
        faulty.write_text(text, encoding="utf-8")
        opened["list-load"].set_input_files(faulty)
        expect(opened["list-fault"]).to_contain_text(sentence)
        assert len(rows(opened)) == 1
    opened["list-load"].set_input_files(file)
    expect(opened["list-entries"].locator("li")).to_have_count(3)
    expect(opened["list-fault"]).to_be_hidden()

    assert json.loads(file.read_text(encoding="utf-8"))["entries"][0] == {"name": "", "preset": "clouds"}
    broken = [{"name": "", "preset": "nope"}, {"name": "", "address": "hidden=x"}]
    file.write_text(json.dumps({"playground_list": 1, "entries": broken}), encoding="utf-8")
    opened["list-load"].set_input_files(file)
    expect(opened["list-entries"].locator("li")).to_have_count(2)
    for name, sentence in (("nope", "no preset called nope"), ("hidden=x", "hidden=x")):
        opened["list-entries"].get_by_text(name, exact=True).click()
        expect(opened["list-fault"]).to_contain_text(sentence)
        assert opened.spec["dataset"] == "spiral", "the run goes on"
    opened.page.keyboard.press("Escape")
    expect(opened["list-dialog"]).to_be_hidden()
    opened.page.keyboard.press("PageDown")
    expect(opened["message"]).to_contain_text("no preset called nope")

    opened.page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException(); }; }")
    opened.page.keyboard.press("l")
    opened["list-entries"].get_by_label("Take out: nope").click()
    expect(opened["list-entries"].locator("li")).to_have_count(1)
    expect(opened["list-fault"]).to_contain_text("The browser cannot keep the list")
