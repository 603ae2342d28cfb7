"""Small screens, and large ones at 200 and 400 %: nothing scrolls sideways, what stays in view covers little."""

import pytest

from tests.browser.conftest import OpenPage
from tests.table import sampled

pytestmark = pytest.mark.painted

SCREENS = ((320, 256), (320, 640), (390, 844), (640, 400), (683, 384), (683, 640), (800, 600), (800, 900))
"""1280 × 1024 at 400 %, phones, 1280 × 800 and 1366 × 768 at 200 %, and others on either side of a bound."""

MEASURED = """() => {
  const top = document.getElementById('transport');
  const stays = getComputedStyle(top).position === 'sticky';
  const controls = [...document.querySelectorAll('button, input, select, a[href]:not(.skip)')];
  const covered = controls.filter((element) => {
    if (!stays || !element.getClientRects().length || top.contains(element) || element.tabIndex < 0) return false;
    scrollTo(0, document.documentElement.scrollHeight);
    element.focus();
    const [focused, above] = [element, top].map((one) => one.getBoundingClientRect());
    return element === document.activeElement && focused.top < above.bottom && focused.bottom > above.top;
  }).map((element) => element.dataset.testid ?? element.className);
  return {
    sideways: document.documentElement.scrollWidth - innerWidth,
    share: stays ? top.offsetHeight / innerHeight : 0,
    covered,
  };
}"""

VIEWS = ["", "?lang=zh&profile=projector", "?lang=zh", "?profile=projector"]


@pytest.mark.parametrize("view", sampled(VIEWS, VIEWS[:2]))
def test_what_stays_in_view_takes_a_quarter_and_covers_no_focus(open_page: OpenPage, view: str) -> None:
    opened = open_page(view)
    for width, height in SCREENS:
        opened.resize(width, height)
        found = opened.page.evaluate(MEASURED)
        assert found["sideways"] <= 0, (width, height)
        assert found["share"] <= 0.25, (width, height)
        assert found["covered"] == [], (width, height)
