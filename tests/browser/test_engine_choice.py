"""Which engine trains, chosen on the page, and torch beside the hand-written engine, number by number."""

from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.test_comparison import abreast, names_of, rows

CLOSE = 1e-6


def engine(opened: Opened) -> str | None:
    return opened["engine-choice"].get_attribute("data-value")


def test_torch_beside_the_engine_by_hand_and_then_as_the_engine(opened: Opened) -> None:
    opened["race"].click()
    opened["compare-what"].select_option("l2")
    opened["rival-add"].select_option('{"aspect":"engine","value":"autograd"}')
    opened.until(lambda: len(rows(opened)) == 3)
    opened["rival-1"].hover()
    opened["rival-1"].get_by_role("button").click()
    opened["epoch-step"].click()
    opened.until(lambda: len(rows(opened)) == 2 and abreast(opened, 25))
    assert names_of(opened) == ["by hand", "PyTorch"]
    opened.until(lambda: float(opened["rival-1"].get_attribute("data-difference") or "nan") < CLOSE)
    expect(opened["rival-1"].locator("[data-column=compared]")).to_have_text("26")  # every step from the start on
    opened["compare-numbers"].click()
    expect(opened["compared-numbers"].locator("tbody tr")).to_have_count(26)
    expect(opened["compared-numbers"].locator("tbody tr").first).to_have_attribute("data-step", "25")
    opened["race-close"].click()

    opened["checked"].click()
    expect(opened["engine-choice"]).to_have_attribute("data-value", "by_hand")
    expect(opened["engine-choice"]).to_have_value("by_hand")
    opened["engine-choice"].select_option("autograd")
    opened.until(lambda: engine(opened) == "autograd")
    expect(opened["engine-help"]).to_contain_text("400 times slower")
    opened.page.keyboard.press("Escape")
    opened["epoch-step"].click()
    opened.until(lambda: opened.number("steps") == 50)
    opened["share"].click()
    opened.until(lambda: opened.page.url.endswith("engine=autograd"))
    opened.reload()
    opened.until(lambda: engine(opened) == "autograd")
    opened["undo"].click()
    opened.until(lambda: engine(opened) == "by_hand")
    opened.until(lambda: opened.number("steps") == 25)
    opened["redo"].click()
    opened.until(lambda: engine(opened) == "autograd")
