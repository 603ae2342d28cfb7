"""The page at every size it must serve, in both languages, themes and profiles."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

pytestmark = pytest.mark.painted

OVERFLOW = (
    """() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"""
)

PAST_THE_EDGE = """() => [...document.querySelectorAll('body :not(svg, svg *)')]
  .filter((element) => {
    const { width, right, left } = element.getBoundingClientRect();
    if (width <= 1 || element.closest('.stage') || getComputedStyle(element).visibility === 'hidden') return false;
    return right > innerWidth + 1 || left < -1;
  })
  .map((element) => element.dataset.testid ?? element.className)"""

TOO_SMALL = """() => [...document.querySelectorAll('body *')]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((element) => element.getBoundingClientRect().width > 1)
  .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 11.5)
  .map((element) => element.textContent.trim())"""

CUT_OFF = """() => [...document.querySelectorAll('.transport *, .knobs *, .data *, .metrics *, .appearance *')]
  .filter((element) => {
    if (element.getBoundingClientRect().width <= 1 || element.matches('.unseen, input')) return false;
    return element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
  })
  .map((element) => element.textContent.trim())"""

WIDEST = f"""() => {{
  const put = (name, text) => {{
    const element = document.querySelector(`[data-testid=${{name}}]`);
    element.textContent = text;
    element.classList.toggle('power', text.includes('·'));
  }};
  put('status', document.documentElement.lang === 'en' ? 'Test loss flat' : '测试损失停滞');
  put('train-loss', '9.1·10⁻¹¹');
  put('test-loss', '9.1·10⁻¹¹');
  put('epoch', '99,999');
  const words = document.createRange();
  words.selectNodeContents(document.querySelector('[data-testid=train-loss]'));
  const right = words.getBoundingClientRect().right;
  const next = document.querySelector('[data-testid=test-loss]').getBoundingClientRect();
  return [...({CUT_OFF})(), ...(next.left > right - 1 && next.left < right + 6 ? ['losses touch'] : [])];
}}"""

COVERED = """() => [...document.querySelectorAll('button, select, input')].filter((control) => {
    const isApart = control.closest('.stage, .message, [popover], .controls-open .charts');
    if (!control.getBoundingClientRect().width || isApart) return false;
    control.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = control.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit && !control.contains(hit) && !hit.contains(control);
  }).map((control) => control.dataset.testid)"""

SCREENS = ((1366, 768), (1024, 768), (1280, 720), (1920, 1080))
SMALL_SCREENS = ((800, 600), (390, 844))
REACHED = ("play", "speed", "more", "share", "language", "theme", "projector", "boundary", "loss-chart")


QUERIES = ["?lang=en", "?lang=zh", "?lang=en&profile=projector", "?lang=zh&profile=projector"]


@pytest.mark.parametrize("query", sampled(QUERIES, ["?lang=en", "?lang=zh&profile=projector"]))
def test_at_every_size(open_page: OpenPage, query: str) -> None:
    opened = open_page(query)
    opened.play_to(200)
    page = opened.page
    opened.open_controls()
    for width, height in SCREENS + SMALL_SCREENS:
        opened.resize(width, height)
        opened.until(lambda: page.evaluate(PAST_THE_EDGE) == [])  # charts follow within half a second
        across, down = page.evaluate(OVERFLOW)
        assert across == 0, (width, height)
        assert (down > 0) == ((width, height) in SMALL_SCREENS), (width, height)
        assert page.evaluate(CUT_OFF) == [], (width, height)
        assert page.evaluate(TOO_SMALL) == [], (width, height)
        for _ in range(2):
            assert page.evaluate(COVERED) == [], (width, height)
            page.keyboard.press("c")  # on a projector the controls go, and come back
        assert page.evaluate(WIDEST) == [], (width, height)
        for testid in REACHED:
            opened[testid].scroll_into_view_if_needed()
            expect(opened[testid]).to_be_in_viewport()


def test_projector_steps_back_to_the_main_things_and_is_remembered(open_page: OpenPage) -> None:
    opened = open_page()
    opened["projector"].click()
    expect(opened["projector"]).to_have_attribute("aria-pressed", "true")
    waiting = ("optimizer", "learning-rate", "activation", "loss", "presets", "draw-points", "test-points", "add-layer")
    for testid in ("noise", "dataset-circle", "regularization", "initializer", *waiting):
        expect(opened[testid]).to_be_hidden()
    for testid in ("boundary", "play", "status", "slow-motion", "race"):
        expect(opened[testid]).to_be_visible()
    opened.page.keyboard.press("c")
    for testid in waiting:
        expect(opened[testid]).to_be_visible()
    opened["neuron-0-0"].click()
    opened["more"].click()
    for level in ("settings", "optimizer", "inspector"):  # Escape closes one at a time
        expect(opened[level]).to_be_visible()
        opened.page.keyboard.press("Escape")
        expect(opened[level]).to_be_hidden()
        if level == "optimizer":
            expect(opened["wall-controls"]).to_be_focused()
    assert opened.page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    opened["wall-controls"].click()
    expect(opened["help"]).to_be_visible()
    opened["dataset"].select_option("plane")
    opened.until(lambda: opened.spec["dataset"] == "plane")
    opened.page.reload()
    expect(opened["projector"]).to_have_attribute("aria-pressed", "true")


def test_a_profile_that_there_is_not_is_left_out_in_words(open_page: OpenPage) -> None:
    opened = open_page("?profile=nope&theme=dark")
    expect(opened["message"]).to_contain_text("profile=nope")
    expect(opened["projector"]).to_have_attribute("aria-pressed", "false")
    expect(opened["theme"]).to_have_attribute("aria-pressed", "true")


MEASURED = """() => ({
  map: document.querySelector('[data-testid=boundary]').clientWidth,
  tile: Math.min(...[...document.querySelectorAll('.tile')].map((tile) => tile.clientWidth)),
  plot: document.querySelector('.loss-panel .drawing .bglayer rect')?.getBoundingClientRect().height ?? 0,
  ticks: document.querySelectorAll('.loss-panel .ytick').length,
})"""


@pytest.mark.parametrize(("after", "tile"), [("", 44), ("#dataset=spiral&hidden=8,8,8", 32)])
def test_on_a_projector_the_picture_is_large_and_nothing_moves_it(open_page: OpenPage, after: str, tile: int) -> None:
    opened = open_page(f"?profile=projector{after}")
    opened.play_to(30)
    opened["play"].click()
    opened.paused()
    for width, height in ((1024, 768), (1366, 768), (1920, 1080)):
        opened.resize(width, height)
        larger = min(width / 1366, height / 768) if width > 1366 else 1

        def is_large(larger: float = larger) -> bool:
            measured = opened.page.evaluate(MEASURED)
            return bool(
                measured["map"] >= 350 * larger
                and measured["tile"] >= tile * larger
                and measured["plot"] >= 76 * larger
                and measured["ticks"] >= 2
            )

        opened.until(is_large)
    before = [opened[testid].bounding_box() for testid in ("boundary", "network")]
    opened["wall-controls"].click()
    opened["share"].click()
    expect(opened["message"]).to_be_visible()
    opened["presets"].click()
    opened["preset-circle"].click()
    expect(opened["caption"]).to_be_visible()
    opened.loaded()
    assert [opened[testid].bounding_box() for testid in ("boundary", "network")] == before


def test_language_and_theme_are_changed_at_once_and_remembered(open_page: OpenPage) -> None:
    opened = open_page("?theme=dark&lang=zh")
    expect(opened.page.locator("html")).to_have_class("dark")
    expect(opened.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(opened["status"]).to_have_text("就绪")
    opened["language"].click()
    opened["theme"].click()
    expect(opened["status"]).to_have_text("Ready")
    expect(opened.page.get_by_text("Learning rate").first).to_be_visible()
    opened.until(lambda: "dark" not in opened.page.url)
    opened.reload()
    expect(opened["status"]).to_have_text("Ready")
    assert opened.page.evaluate("document.documentElement.classList.contains('dark')") is False


def in_view(opened: Opened, testid: str) -> bool:
    """Among the thumbnails that are seen without scrolling their panel."""
    tile, seen = opened[testid].bounding_box(), opened.page.locator(".thumbnails").bounding_box()
    assert tile
    assert seen
    return seen["y"] - 1 <= tile["y"] and tile["y"] + tile["height"] <= seen["y"] + seen["height"] + 1


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1024, 768), (800, 600), (390, 844)])
def test_initial_weights_and_every_data_set_are_at_hand(open_page: OpenPage, width: int, height: int) -> None:
    opened = open_page("", width, height)
    expect(opened["initializer"]).to_be_visible()
    thumbnails = "() => document.querySelector('.thumbnails').getBoundingClientRect().bottom"
    tiles = "() => [...document.querySelectorAll('.thumbnails button')].map((tile) => tile.getBoundingClientRect())"

    def are_cut() -> bool:
        edge = opened.page.evaluate(thumbnails)
        return any(box["top"] < edge - 1 and box["bottom"] > edge + 1 for box in opened.page.evaluate(tiles))

    opened.until(lambda: not are_cut())
    opened["all-data-sets"].select_option("nand_gate")
    opened.until(lambda: opened.spec["dataset"] == "nand_gate")
    opened.until(lambda: in_view(opened, "dataset-nand_gate"))


def test_on_a_phone_drawing_brings_the_whole_plane_below_the_controls(open_page: OpenPage) -> None:
    opened = open_page("", 390, 844)
    opened["draw-points"].click()
    opened["draw-empty"].click()

    def is_below() -> bool:
        bar, plane = opened.page.locator(".transport").bounding_box(), opened["boundary"].bounding_box()
        assert bar
        assert plane
        return plane["y"] >= bar["y"] + bar["height"]

    opened.until(is_below)
