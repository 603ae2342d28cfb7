"""Keep and Kept on the page: a story of one person, with a file of another."""

import json
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, expect

from engine.kept import playground_file
from tests.app.running import running_server
from tests.browser.conftest import Opened, OpenTab
from tests.browser.test_accessibility import faults


def test_experiments_are_kept_and_opened_where_they_were(open_tab: OpenTab, tmp_path: Path) -> None:
    with running_server(store="", data=str(tmp_path)) as server:
        opened = open_tab(f"http://127.0.0.1:{server.port}/#dataset=spiral&hidden=5&optimizer=adam&seed=4", 1366, 768)
        opened.ready()
        opened["step"].click()
        opened.until(lambda: opened.number("steps") == 1)
        opened["epoch-step"].click()
        opened.until(lambda: opened.number("steps") == 25)
        step, loss = opened.number("steps"), opened.number("train-loss")
        opened.page.keyboard.press("k")
        expect(opened["message"]).to_contain_text("Kept as “Two spirals, 2-5-1, step 25”.")
        opened["epoch-step"].click()
        opened.until(lambda: opened.number("steps") == 50)
        later = opened.number("train-loss")
        opened["dataset-xor"].click()
        opened.until(lambda: opened.number("steps") == 0)
        opened["step"].click()
        opened.until(lambda: opened.number("steps") == 1)
        opened["save"].click()
        opened["keep"].click()
        expect(opened["message"]).to_contain_text("step 1”")

        opened["save"].click()
        opened["kept"].click()
        rows = opened.page.locator("[data-testid=kept-row][data-recent=true]")
        expect(rows).to_have_count(1)  # of spirals, as it was left
        expect(rows.get_by_test_id("kept-note")).to_have_value("recent: not kept")
        expect(rows.get_by_test_id("kept-remove")).to_have_count(0)
        expect(opened["kept-row"]).to_have_count(3)
        assert faults(opened) == []
        rename_copy_and_delete(opened)
        sort_and_filter(opened)
        take_and_load_files(opened)

        row_named(opened, "<b>mine</b>").get_by_test_id("kept-open").click()
        expect(opened["kept-sheet"]).to_be_hidden()
        opened.until(lambda: (opened.number("steps"), opened.number("train-loss")) == (step, loss))
        opened["epoch-step"].click()
        opened.until(lambda: (opened.number("steps"), opened.number("train-loss")) == (50, later))
        compare(opened)
        compare_too_many(opened)
        open_what_is_gone(opened)


def compare(opened: Opened) -> None:
    """The experiment of the file beside one that was kept, both from their starts."""
    opened["save"].click()
    opened["kept"].click()
    rows = opened.page.locator("[data-recent=false]:has([data-column=step][data-value='25'])")
    expect(rows).to_have_count(3)
    for row in (rows.first, rows.last):
        row.get_by_test_id("kept-choose").check()
    opened["kept-compare"].click()
    expect(opened["kept-sheet"]).to_be_hidden()
    opened.until(lambda: opened.number("steps") == 0)
    expect(opened["rival-1"]).to_be_visible()
    opened["epoch-step"].click()
    opened.until(lambda: opened.number("steps") == 25)
    expect(opened["rival-1"]).to_have_attribute("data-step", "25")
    value = str(opened["rival-1"].get_attribute("data-value"))
    expect(opened["rival-0"]).to_have_attribute("data-value", value)


def compare_too_many(opened: Opened) -> None:
    opened["save"].click()
    opened["kept"].click()
    rows = opened.page.locator("[data-recent=false]")
    for count in range(4, 9):
        expect(rows).to_have_count(count)
        rows.last.get_by_test_id("kept-copy").click()
    expect(rows).to_have_count(9)
    for row in rows.all():
        row.get_by_test_id("kept-choose").check()
    opened["kept-compare"].click()
    expect(opened.page.locator(".kept-said")).to_contain_text("9 are ticked, and at most 8")
    expect(opened["kept-sheet"]).to_be_visible()


def open_what_is_gone(opened: Opened) -> None:
    """Deleted in another tab, while the sheet is open here."""
    row = opened.page.locator("[data-recent=false]").first
    row.evaluate("row => fetch(`api/kept/${row.dataset.id}`, { method: 'DELETE' })")
    row.get_by_test_id("kept-open").click()
    expect(opened.page.locator(".kept-said")).to_contain_text("no longer kept here")
    expect(opened["kept-sheet"]).to_be_visible()
    assert [fault for fault in opened.faults if "404" not in fault] == []
    opened.faults.clear()  # the browser logs a refusal


def row_named(opened: Opened, name: str) -> Locator:
    return opened.page.locator(f"[data-testid=kept-row][data-name='{name}']")


def rename_copy_and_delete(opened: Opened) -> None:
    """The one of spirals becomes mine, and has a copy."""
    rows = opened.page.locator("[data-recent=false]")
    first = rows.filter(has=opened.page.locator("[data-column=step][data-value='25']"))
    expect(first.locator("[data-column=dataset]")).to_have_text("Two spirals")
    expect(first.locator("[data-column=optimizer]")).to_have_count(0)  # both have Adam
    first.get_by_test_id("kept-name").fill("<b>mine</b>")
    first.get_by_test_id("kept-name").press("Enter")
    mine = row_named(opened, "<b>mine</b>")
    expect(mine).to_have_count(1)
    mine.get_by_test_id("kept-note").fill("a note")
    mine.get_by_test_id("kept-note").press("Enter")
    mine.get_by_test_id("kept-copy").click()
    expect(rows).to_have_count(3)
    copy = row_named(opened, "<b>mine</b> (copy)")
    expect(copy.get_by_test_id("kept-note")).to_have_value("a note")
    for row in (mine, copy):
        row.get_by_test_id("kept-choose").check()
    expect(opened["kept-compare"]).to_be_enabled()
    copy.get_by_test_id("kept-remove").click()
    expect(rows).to_have_count(2)
    expect(opened["kept-compare"]).to_be_disabled()
    mine.get_by_test_id("kept-choose").uncheck()
    opened["kept-undo"].click()
    expect(rows).to_have_count(3)


def sort_and_filter(opened: Opened) -> None:
    rows = opened.page.locator("[data-recent=false]")
    opened["kept-filter"].fill("test loss > 0, xor")
    expect(rows).to_have_count(1)
    opened["kept-filter"].fill("step = 25")
    expect(rows).to_have_count(2)
    opened["kept-filter"].fill("")
    expect(rows).to_have_count(3)
    opened.page.locator("#kept-sheet th[data-column=step] button").click()
    expect(rows.first.locator("[data-column=step]")).to_have_text("1")
    with opened.page.expect_download() as csv:
        opened["kept-csv"].click()
    assert Path(csv.value.path()).read_bytes().count(b"\r\n") == 5


def take_and_load_files(opened: Opened) -> None:
    """The file of mine comes back under a name with markup; what is no such file is told."""
    with opened.page.expect_download() as started:
        row_named(opened, "<b>mine</b>").get_by_test_id("kept-file").click()
    data = Path(started.value.path()).read_bytes()
    assert playground_file.read(data).name == "<b>mine</b>"
    foreign = json.dumps(json.loads(data) | {"name": "<img src=x onerror=alert(1)>"}).encode()
    for content, count in ((b"{}", 3), (foreign, 4)):
        file = FilePayload(name="a.playground", mimeType="application/json", buffer=content)
        opened["kept-load"].set_input_files(file)
        if count == 3:
            said = opened.page.locator(".kept-said")
            expect(said).to_contain_text("not an experiment file of this playground")
            assert [fault for fault in opened.faults if "422" not in fault] == []
            opened.faults.clear()  # the browser logs a refusal
        expect(opened.page.locator("[data-recent=false]")).to_have_count(count)
    assert opened.page.locator("#kept-sheet img").count() == 0
