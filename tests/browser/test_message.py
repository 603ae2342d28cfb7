"""The sentence below the page: it makes room for itself and covers nothing; in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.table import sampled

COVERED = """() => {
  scrollTo(0, document.documentElement.scrollHeight);
  const box = document.getElementById('message').getBoundingClientRect();
  return [...document.querySelectorAll('button, select, input, canvas, .drawing, dd, p')]
    .filter((element) => !element.closest('.message, [popover]:not(:popover-open), dialog, .unseen'))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width > 1 && height > 1)
    .filter(([, { top, bottom }]) => bottom > box.top + 1 && top < box.bottom)
    .filter(([, { left, right }]) => right > box.left && left < box.right)
    .map(([element]) => element.dataset.testid ?? element.className);
}"""


@pytest.mark.parametrize(
    ("width", "height", "query"),
    sampled(
        [(1366, 768, ""), (1024, 768, "?lang=zh"), (1366, 768, "?profile=projector"), (800, 600, ""), (390, 844, "")],
        [(1024, 768, "?lang=zh"), (390, 844, "")],
    ),
)
def test_a_message_covers_nothing(open_page: OpenPage, width: int, height: int, query: str) -> None:
    opened = open_page(query, width, height)
    opened.page.evaluate("document.querySelector('[data-testid=draw-points]').click()")
    opened["draw-empty"].click()
    opened["play"].click()
    expect(opened["message"]).to_be_visible()
    opened.until(lambda: opened.page.evaluate(COVERED) == [])
    opened["message-close"].click()
    expect(opened["message"]).to_be_hidden()
    height_left_free = "getComputedStyle(document.documentElement).getPropertyValue('--message-height')"
    opened.until(lambda: opened.page.evaluate(height_left_free) == "0px")


def test_a_message_beside_the_sheet_of_settings_covers_none_of_it(open_page: OpenPage) -> None:
    opened = open_page("#hidden=4:bn")
    opened["more"].click()
    expect(opened["settings"]).to_be_visible()
    opened["batch-size"].evaluate("slider => { slider.value = 1; slider.dispatchEvent(new Event('input')) }")
    expect(opened["message"]).to_be_visible()

    def apart() -> bool:
        sheet, message = opened["settings"].bounding_box(), opened["message"].bounding_box()
        assert sheet
        assert message
        return sheet["y"] + sheet["height"] <= message["y"]

    opened.until(apart)
