"""The page by finger alone, in a window that has no mouse: what hovers is read by a tap, what is dragged follows."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from tests.app.running import Running
from tests.browser.conftest import Opened, listen
from tests.browser.test_network_panel import box

PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET = (1024, 768)

Place = tuple[float, float]


class Finger:
    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.devtools = opened.page.context.new_cdp_session(opened.page)

    def _send(self, kind: str, *places: Place) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: Place, end: Place) -> None:
        self._send("touchStart", start)
        for share in (0.1, 0.2, 0.4, 0.6, 0.8, 1):
            self._send("touchMove", (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
        self.opened.painted(12)  # it rests before it is lifted: a tap on what still glides would only stop it
        self._send("touchEnd")

    def hold_until(self, place: Place, shown: Locator) -> None:
        self._send("touchStart", place)
        expect(shown).to_be_visible()
        self._send("touchEnd")


@pytest.fixture
def touched(browser: Browser, server: Running) -> Iterator[Opened]:
    context = browser.new_context(locale="en-US", viewport=PHONE, has_touch=True, is_mobile=True)
    opened = Opened(context.new_page())
    listen(opened)
    opened.page.goto(f"http://127.0.0.1:{server.port}/#dataset=spiral&hidden=13,13")
    opened.ready()
    yield opened
    context.close()
    assert opened.faults == []


def inside(element: Locator, across: float, down: float) -> Place:
    """A place within an element that is brought into view, as shares of its width and height."""
    element.scroll_into_view_if_needed()
    left, top, right, bottom = box(element)
    return left + (right - left) * across, top + (bottom - top) * down


def scrolled(opened: Opened) -> float:
    top: float = opened.page.evaluate("scrollY")
    return top


def test_what_hovers_is_read_by_a_tap_and_stays_until_another(touched: Opened) -> None:
    page, finger = touched.page, Finger(touched)
    heading = page.locator("#boundary h2 > span").first

    page.touchscreen.tap(*inside(touched["boundary"], 0.02, 0.9))  # where there is no point
    expect(touched["boundary-reading"]).to_contain_text("x₁ −5.7")
    start = inside(touched["boundary"], 0.02, 0.9)
    finger.drag(start, (start[0] + 150, start[1]))
    expect(touched["boundary-reading"]).not_to_contain_text("x₁ −5.7")
    expect(touched["boundary-reading"]).to_contain_text("x₁")
    heading.tap()
    expect(touched["boundary-reading"]).not_to_contain_text("x₁")

    touched["neuron-0-1"].tap()
    expect(touched["inspector"]).to_contain_text("Layer 1, neuron 2")
    expect(touched["card"]).to_be_visible()
    expect(heading).to_have_text("Layer 1, neuron 2")
    touched["inspector-close"].tap()
    expect(heading).to_have_text("Layer 1, neuron 2")
    page.locator("#network h2").tap(position={"x": 2, "y": 2})
    expect(touched["card"]).to_be_hidden()
    expect(heading).to_have_text("Output")

    touched.resize(*TABLET)
    (_, top, left, bottom), (right, *_) = box(touched["neuron-0-6"]), box(touched["neuron-1-6"])
    page.touchscreen.tap((left + right) / 2, (top + bottom) / 2)  # of so many links none has a button
    expect(touched["inspector"]).to_contain_text("Weight: Layer 1, neuron")


def test_curves_are_read_and_titles_shown_by_finger(touched: Opened) -> None:
    page, finger = touched.page, Finger(touched)
    touched["epoch-step"].tap()
    touched.until(lambda: touched.number("steps") == 25)
    touched["epoch-step"].tap()
    touched.until(lambda: touched.number("steps") == 50)
    plot, numbers = page.locator(".loss-panel .nsewdrag"), page.locator(".loss-panel .hoverlayer")
    expect(page.locator(".loss-panel .scatterlayer .trace").first).to_be_attached()
    page.touchscreen.tap(*inside(plot, 0.3, 0.5))
    expect(numbers).to_contain_text("training")
    read = numbers.text_content() or ""
    start = inside(plot, 0.3, 0.5)
    finger.drag(start, (start[0] + 120, start[1]))
    expect(numbers).not_to_have_text(read)
    expect(numbers).to_contain_text("training")
    page.locator(".loss-panel h2").tap(position={"x": 2, "y": 2})
    expect(numbers).to_be_empty()

    title = page.locator(".touch-title")
    finger.hold_until(inside(touched["step"], 0.5, 0.5), title)
    expect(title).to_contain_text("mini-batch")
    touched["step"].tap()
    expect(title).to_be_hidden()
    touched.until(lambda: touched.number("steps") == 51)
    expect(touched["redo"]).to_be_disabled()
    page.touchscreen.tap(*inside(touched["redo"], 0.5, 0.5))
    expect(title).to_contain_text("Redo")

    slider = touched["timeline"]
    finger.drag(inside(slider, 0.97, 0.5), inside(slider, 0.3, 0.5))
    touched.until(lambda: touched.number("steps") < 40)


def test_a_finger_draws_on_the_map_and_scrolls_elsewhere(touched: Opened) -> None:
    page, finger = touched.page, Finger(touched)
    start = inside(page.locator("#network"), 0.5, 0.5)
    before = scrolled(touched)
    finger.drag(start, (start[0], start[1] - 250))
    touched.until(lambda: scrolled(touched) > before + 100)

    touched["draw-points"].tap()
    touched["draw-empty"].tap()
    touched["point-class-0"].tap()
    page.touchscreen.tap(*inside(touched["boundary"], 0.2, 0.2))
    touched["point-class-1"].tap()
    start = inside(touched["boundary"], 0.8, 0.8)
    before = scrolled(touched)
    finger.drag(start, (start[0], start[1] - 100))

    def are_drawn() -> bool:
        places = [[x1, x2] for x1, x2, _ in touched.spec["own_points"]]
        near = [pytest.approx(place, abs=least) for place, least in (([-3.6, 3.6], 0.3), ([3.6, 0], 0.8))]
        return places == near  # the second one where the finger was lifted

    touched.until(are_drawn)
    assert scrolled(touched) < before + 50, "the page stays"
